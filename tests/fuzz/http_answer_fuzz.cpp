// An agent's answer as the command line reads it: in one piece and byte by byte it means the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cli/client/http_message.hpp"

namespace {

struct Read {
  bool good = true;
  bool done = false;
  std::string body;
};

Read Take(std::string_view text, std::size_t piece) {
  notify::cli::client::AnswerReader reader;
  Read read;
  for (std::size_t at = 0; at < text.size() && read.good && !reader.done(); at += piece) {
    read.good = reader.Feed(text.substr(at, piece)).has_value();
    if (reader.headers_done()) read.body += reader.TakeBody();
  }
  read.done = read.good && reader.done();
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = Take(text, size);
  const auto pieces = Take(text, 1);
  if (whole.done != pieces.done) std::abort();
  if (whole.done && whole.body != pieces.body) std::abort();
  return 0;
}
