// A configuration file: any bytes are taken or refused with a message; what is taken is printed as
// YAML that is read back as the same.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/config/load.hpp"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Without the comments, which name the lines that the values stood in.
std::string Values(const std::string& printed) {
  std::string values;
  for (std::size_t begin = 0; begin < printed.size();) {
    const auto end = printed.find('\n', begin);
    const auto line = printed.substr(begin, end - begin);
    values += line.substr(0, line.rfind('#')) + "\n";
    begin = end + 1;
  }
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto loaded = notify::LoadConfig(text, "notifyd.yaml", {});
  if (!loaded) {
    Require(!loaded.error().detail.empty() && !loaded.error().errors.empty());
    return 0;
  }
  const auto printed = notify::PrintConfig(*loaded);
  const auto again = notify::LoadConfig(printed, "printed.yaml", {});
  Require(again.has_value());
  Require(Values(notify::PrintConfig(*again)) == Values(printed));
  return 0;
}
