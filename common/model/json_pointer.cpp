#include "common/model/json_pointer.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace notify {
namespace {

std::optional<std::string> Unescape(std::string_view token) {
  std::string name;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] != '~') {
      name += token[i];
      continue;
    }
    if (++i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
    name += token[i] == '0' ? '~' : '/';
  }
  return name;
}

const nlohmann::json* Child(const nlohmann::json& value, const std::string& token) {
  if (value.is_array()) {
    const auto index = ElementIndex(token);
    return index && *index < value.size() ? &value[*index] : nullptr;
  }
  if (!value.is_object()) return nullptr;
  const auto member = value.find(token);
  return member == value.end() ? nullptr : &*member;
}

}  // namespace

bool IsJsonPointer(std::string_view text) {
  if (text.empty()) return true;
  return text.front() == '/' && Unescape(text).has_value();
}

std::optional<std::size_t> ElementIndex(std::string_view token) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
  if (error != std::errc() || end != token.data() + token.size()) return std::nullopt;
  if (token.size() > 1 && token.front() == '0') return std::nullopt;
  return index;
}

std::optional<std::vector<std::string>> PointerTokens(std::string_view text) {
  std::vector<std::string> tokens;
  while (!text.empty()) {
    if (text.front() != '/') return std::nullopt;
    text.remove_prefix(1);
    const std::size_t length = std::min(text.find('/'), text.size());
    auto token = Unescape(text.substr(0, length));
    if (!token) return std::nullopt;
    tokens.push_back(std::move(*token));
    text.remove_prefix(length);
  }
  return tokens;
}

const nlohmann::json* FindByPointer(const nlohmann::json& root, std::string_view pointer) {
  const nlohmann::json* value = &root;
  while (!pointer.empty() && value != nullptr) {
    if (pointer.front() != '/') return nullptr;
    pointer.remove_prefix(1);
    const std::size_t length = std::min(pointer.find('/'), pointer.size());
    const auto token = Unescape(pointer.substr(0, length));
    if (!token) return nullptr;
    value = Child(*value, *token);
    pointer.remove_prefix(length);
  }
  return value;
}

std::string PointerToken(std::string_view name) {
  std::string token;
  for (const char c : name) {
    if (c == '~') {
      token += "~0";
    } else if (c == '/') {
      token += "~1";
    } else {
      token += c;
    }
  }
  return token;
}

}  // namespace notify
