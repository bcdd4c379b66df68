// Prints the reference documents that are made from tables in common/. `./dev generate` writes
// them.

#include <iostream>
#include <string_view>

#include "common/config/load.hpp"
#include "common/errc.hpp"

namespace {

void PrintErrors(std::ostream& out) {
  out << "# Errors\n\n"
         "Every failure of `notifyd` and `notifyctl` has one of these codes: in `code` of the\n"
         "agent's `application/problem+json`, before the colon of a hub error, and as `error.code` "
         "on\n"
         "the command line's stderr with `-o json`. *Again* says whether the same request can "
         "succeed\n"
         "later.\n\n"
         "Generated from `common/errc.cpp` by `./dev generate`.\n\n"
         "| code | HTTP | exit | again | meaning |\n"
         "| --- | --- | --- | --- | --- |\n";
  for (const notify::ErrcInfo& row : notify::AllErrcs()) {
    out << "| `" << row.name << "` | " << row.http_status << " | " << row.exit_code << " | "
        << (row.retryable ? "yes" : "no") << " | " << row.sentence << " |\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view what = argc == 2 ? argv[1] : "";
  if (what == "errors") {
    PrintErrors(std::cout);
    return 0;
  }
  if (what == "configuration") {
    std::cout << notify::ConfigurationMarkdown();
    return 0;
  }
  if (what == "configuration-man") {
    std::cout << notify::ConfigurationManPage();
    return 0;
  }
  std::cerr << "usage: notify-reference errors|configuration|configuration-man\n";
  return 2;
}
