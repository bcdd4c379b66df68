#include "agent/ingress/sse/stream_request.hpp"

#include <string>
#include <utility>

#include "common/model/event_parser.hpp"
#include "common/utf8.hpp"

namespace notify::agent::ingress::sse {
namespace {

Error Wrong(std::string_view name, std::string_view must) {
  return Fail(Errc::kInvalidArgument,
              "'" + std::string(name) + "' must be " + std::string(must) + ".");
}

/// A type, a prefix as in `fx.*`, or `*`.
bool IsPattern(std::string_view text) {
  if (text == "*") return true;
  if (text.ends_with(".*")) return IsEventType(std::string(text.substr(0, text.size() - 1)) + "x");
  return IsEventType(text);
}

Status ReadTexts(const RequestHead& head, std::string_view name, std::vector<std::string>& into) {
  into = head.QueryAll(name);
  for (const std::string& text : into) {
    if (text.empty() || !IsUtf8(text)) return Wrong(name, "text, and not empty");
  }
  return {};
}

}  // namespace

Result<StreamRequest> ReadStreamRequest(const RequestHead& head) {
  StreamRequest request;
  request.filter.types = head.QueryAll("type");
  for (const std::string& type : request.filter.types) {
    if (!IsPattern(type)) return Wrong("type", "an event type, a prefix like 'fx.*', or '*'");
  }
  const std::pair<std::string_view, std::vector<std::string>*> texts[] = {
      {"topic", &request.filter.topics},
      {"subject", &request.filter.subjects},
      {"userid", &request.filter.users}};
  for (const auto& [name, into] : texts) {
    if (auto read = ReadTexts(head, name, *into); !read) return read.error();
  }
  const auto last = head.Header("Last-Event-ID");
  const bool resumed = last && !last->empty();
  const auto after = resumed ? std::optional(std::string(*last)) : head.Query("after");
  if (after) {
    auto position = Position::Parse(*after);
    if (!position)
      return Wrong(resumed ? "Last-Event-ID" : "after", "a position as in '1790000000000-42'");
    request.after = *position;
  }
  return request;
}

}  // namespace notify::agent::ingress::sse
