// Query and headers of a request for a stream. The first line of an input is the query, what
// follows the header Last-Event-ID; without a second line there is none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/ingress/sse/stream_request.hpp"
#include "common/utf8.hpp"

namespace {

void Must(bool holds) {
  if (!holds) std::abort();
}

void CheckTexts(const std::vector<std::string>& texts) {
  for (const auto& text : texts) Must(!text.empty() && notify::IsUtf8(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ingress = notify::agent::ingress;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  ingress::RequestHead head;
  head.method = "GET";
  head.path = "/api/events/stream";
  head.query = input.substr(0, end);
  if (end != std::string_view::npos) {
    head.headers.emplace_back("last-event-id", input.substr(end + 1));
  }
  const auto request = ingress::sse::ReadStreamRequest(head);
  if (!request) return 0;
  CheckTexts(request->filter.types);
  CheckTexts(request->filter.topics);
  CheckTexts(request->filter.subjects);
  CheckTexts(request->filter.users);
  // A position that is taken is one that we write.
  if (request->after) {
    const auto again = notify::Position::Parse(request->after->ToString());
    Must(again && *again == *request->after);
  }
  return 0;
}
