#include "common/websocket/extensions.hpp"

#include <algorithm>

namespace notify::websocket {
namespace {

// RFC 9110 5.6.2: what a token is made of.
bool IsTokenCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  bool AtEnd() {
    SkipBlanks();
    return rest_.empty();
  }

  bool Take(char wanted) {
    SkipBlanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Empty where there is none.
  std::string_view Token() {
    SkipBlanks();
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), IsTokenCharacter);
    const auto token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  // The rest of a quoted string, unescaped; it too must be a token.
  std::optional<std::string> Quoted() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty() || !IsTokenCharacter(rest_.front())) return std::nullopt;
      text += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty() || text.empty()) return std::nullopt;
    rest_.remove_prefix(1);
    return text;
  }

 private:
  void SkipBlanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  std::string_view rest_;
};

std::optional<ExtensionParameter> TakeParameter(Cursor& cursor) {
  ExtensionParameter parameter;
  parameter.name = cursor.Token();
  if (parameter.name.empty()) return std::nullopt;
  if (!cursor.Take('=')) return parameter;
  if (cursor.Take('"')) {
    parameter.value = cursor.Quoted();
    if (!parameter.value) return std::nullopt;
    return parameter;
  }
  parameter.value = cursor.Token();
  if (parameter.value->empty()) return std::nullopt;
  return parameter;
}

}  // namespace

std::optional<std::vector<Extension>> ParseExtensions(std::string_view header_value) {
  std::vector<Extension> extensions;
  Cursor cursor(header_value);
  while (!cursor.AtEnd()) {
    if (cursor.Take(',')) continue;  // a list may have empty elements
    Extension extension;
    extension.name = cursor.Token();
    if (extension.name.empty()) return std::nullopt;
    while (cursor.Take(';')) {
      auto parameter = TakeParameter(cursor);
      if (!parameter) return std::nullopt;
      extension.parameters.push_back(std::move(*parameter));
    }
    extensions.push_back(std::move(extension));
    if (!cursor.AtEnd() && !cursor.Take(',')) return std::nullopt;
  }
  return extensions;
}

}  // namespace notify::websocket
