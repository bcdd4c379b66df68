#include "agent/ingress/gateway/answer_json.hpp"

#include <simdjson.h>

#include <utility>

#include "common/model/json_walk.hpp"

namespace notify::agent::ingress {
namespace {

namespace od = simdjson::ondemand;

constexpr int kMaxDepth = 64;

/// Where the brackets of `text` stand at its end, and the last comma between values.
struct Brackets {
  std::string open;  // The closing bracket that each open one waits for.
  std::size_t last_comma = std::string_view::npos;

  explicit Brackets(std::string_view text) {
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (in_string) {
        if (c == '\\') ++i;
        in_string = c != '"';
      } else if (c == '"') {
        in_string = true;
      } else if (c == '{' || c == '[') {
        open += c == '{' ? '}' : ']';
      } else if ((c == '}' || c == ']') && !open.empty()) {
        open.pop_back();
      } else if (c == ',') {
        last_comma = i;
      }
    }
  }
};

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

struct AnswerJson::Impl {
  simdjson::padded_string text;
  std::size_t whole;  // What lies before it was sent so; behind it are brackets of ours.
  od::parser parser;
  od::document document;
  bool is_object = false;
};

AnswerJson::AnswerJson(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AnswerJson::AnswerJson(AnswerJson&& other) noexcept = default;
AnswerJson::~AnswerJson() = default;

Result<AnswerJson> AnswerJson::Parse(std::string_view text, bool cut) {
  auto impl = std::make_unique<Impl>();
  impl->whole = text.size();
  std::string closed;
  if (cut) {
    // Whatever stands before the last comma is whole, but for the brackets that are still open.
    const std::size_t comma = Brackets(text).last_comma;
    if (comma == std::string_view::npos) {
      return Fail(Errc::kInvalidJson, "Nothing stands whole in what is looked at.");
    }
    impl->whole = comma;
    closed = text.substr(0, comma);
    const std::string open = Brackets(closed).open;
    closed.append(open.rbegin(), open.rend());
    text = closed;
  }
  impl->text = simdjson::padded_string(text);
  if (auto valid = CheckJsonDocument(impl->parser, impl->text, kMaxDepth); !valid) {
    return valid.error();
  }
  if (const auto error = impl->parser.iterate(impl->text).get(impl->document)) {
    return Fail(Errc::kInvalidJson, simdjson::error_message(error));
  }
  impl->is_object = Trim(text).starts_with('{');
  return AnswerJson(std::move(impl));
}

bool AnswerJson::is_object() const { return impl_->is_object; }

std::optional<std::string_view> AnswerJson::Raw(std::string_view pointer) {
  const char* const begin = impl_->text.data();
  std::string_view raw;
  if (pointer.empty()) {
    raw = std::string_view(begin, impl_->text.size());
  } else {
    const bool scalar = !Trim({begin, impl_->text.size()}).starts_with('{') &&
                        !Trim({begin, impl_->text.size()}).starts_with('[');
    if (scalar) return std::nullopt;
    od::value value;
    if (impl_->document.at_pointer(pointer).get(value) != simdjson::SUCCESS) return std::nullopt;
    if (simdjson::to_json_string(value).get(raw) != simdjson::SUCCESS) return std::nullopt;
  }
  raw = Trim(raw);
  if (raw.data() + raw.size() > begin + impl_->whole) return std::nullopt;
  return raw;
}

std::optional<std::string> AnswerJson::Text(std::string_view pointer) {
  const auto raw = Raw(pointer);
  if (!raw || raw->empty() || pointer.empty()) return std::nullopt;
  if (IsJsonNumber(*raw)) return std::string(*raw);
  od::value value;
  std::string_view text;
  if (impl_->document.at_pointer(pointer).get(value) != simdjson::SUCCESS ||
      value.get_string().get(text) != simdjson::SUCCESS || text.empty()) {
    return std::nullopt;
  }
  return std::string(text);
}

}  // namespace notify::agent::ingress
