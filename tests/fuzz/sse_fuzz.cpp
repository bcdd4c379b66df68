// A stream of server-sent events: whatever comes, cut anywhere, gives the same messages.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "cli/client/event_source.hpp"

namespace {

using notify::cli::client::SseMessage;
using notify::cli::client::SseParser;

std::vector<SseMessage> Parse(std::string_view text, std::size_t piece) {
  SseParser parser;
  std::vector<SseMessage> messages;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    parser.Feed(text.substr(at, piece), messages);
  }
  return messages;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = Parse(text, size);
  const auto pieces = Parse(text, 1 + data[0] % 7);
  if (whole.size() != pieces.size()) std::abort();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].data != pieces[i].data || whole[i].id != pieces[i].id) std::abort();
    if (whole[i].id.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
