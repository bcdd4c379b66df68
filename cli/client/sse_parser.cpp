#include <charconv>

#include "cli/client/event_source.hpp"

namespace notify::cli::client {

void SseParser::Feed(std::string_view bytes, std::vector<SseMessage>& out) {
  rest_ += bytes;
  std::string_view text = rest_;
  if (first_ && text.size() < 3 && std::string_view("\xEF\xBB\xBF").starts_with(text)) return;
  if (first_ && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  first_ = false;
  for (;;) {
    if (skip_line_feed_ && !text.empty()) {
      if (text.front() == '\n') text.remove_prefix(1);
      skip_line_feed_ = false;
    }
    const auto end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) break;
    skip_line_feed_ = text[end] == '\r';
    Line(text.substr(0, end), out);
    text.remove_prefix(end + 1);
  }
  rest_.erase(0, rest_.size() - text.size());
}

void SseParser::Line(std::string_view line, std::vector<SseMessage>& out) {
  if (!line.empty()) {
    if (line.front() == ':') return;
    const auto colon = line.find(':');
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    Field(line.substr(0, colon), value);
    return;
  }
  if (any_field_) {
    if (block_.has_data) block_.data.pop_back();
    out.push_back(block_);
  }
  block_.event.clear();
  block_.data.clear();
  block_.has_data = block_.has_id = false;
  any_field_ = false;
}

void SseParser::Field(std::string_view name, std::string_view value) {
  if (name == "data") {
    block_.data.append(value).push_back('\n');
    block_.has_data = any_field_ = true;
  } else if (name == "event") {
    block_.event = value;
  } else if (name == "id") {
    if (value.find('\0') == std::string_view::npos) block_.id = value;
    block_.has_id = any_field_ = true;
  } else if (name == "retry") {
    int milliseconds = 0;
    const auto* const end = value.data() + value.size();
    const auto parsed = std::from_chars(value.data(), end, milliseconds);
    if (parsed.ec == std::errc{} && parsed.ptr == end && milliseconds >= 0) {
      retry_ = std::chrono::milliseconds(milliseconds);
    }
  }
}

}  // namespace notify::cli::client
