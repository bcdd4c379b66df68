#include "common/config/codec.hpp"

#include <algorithm>

#include "common/config/nearest.hpp"

namespace notify {

std::string YamlText(std::string_view text) {
  const bool plain =
      !text.empty() && text.front() != '-' && text.front() != '.' && text != "null" &&
      text != "Null" && text != "NULL" && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '_' || c == '-' || c == '/';
      });
  if (plain) return std::string(text);
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      quoted += "\\x";
      quoted += kHex[byte >> 4];
      quoted += kHex[byte & 15];
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

namespace codec {

std::string Quoted(std::string_view text) {
  std::string quoted = "'" + std::string(text.substr(0, 64)) + (text.size() > 64 ? "…'" : "'");
  for (char& c : quoted) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return quoted;
}

std::optional<bool> Bool::FromText(std::string_view text) const {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

std::string Number::TypeName() const {
  const bool open = max == std::numeric_limits<std::uint32_t>::max();
  return "number from " + std::to_string(min) + (open ? "" : " to " + std::to_string(max));
}

std::string Number::Demand() const {
  const bool open = max == std::numeric_limits<std::uint32_t>::max();
  return "must be a whole number from " + std::to_string(min) +
         (open ? "" : " to " + std::to_string(max));
}

std::optional<Number::Value> Number::FromText(std::string_view text) const {
  Value value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value < min || value > max) return std::nullopt;
  return value;
}

std::optional<Count::Value> Count::FromText(std::string_view text) const {
  Value value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<Limit::Value> Limit::FromText(std::string_view text) const {
  if (text == "none") return Value{};
  const auto number = Number{.min = 1, .max = max}.FromText(text);
  if (!number) return std::nullopt;
  return Value{number};
}

std::string Size::TypeName() const { return "size, " + FormatSize(min) + " to " + FormatSize(max); }

std::string Size::Demand() const {
  return "must be a size from " + FormatSize(min) + " to " + FormatSize(max) + ", as in 8MiB";
}

std::optional<Size::Value> Size::FromText(std::string_view text) const {
  const auto value = ParseSize(text);
  if (!value || *value < min || *value > max) return std::nullopt;
  return *value;
}

std::string Duration::TypeName() const {
  return "duration, " + FormatDuration(min) + " to " + FormatDuration(max);
}

std::string Duration::Demand() const {
  return "must be a duration from " + FormatDuration(min) + " to " + FormatDuration(max) +
         ", as in 15s";
}

std::optional<Duration::Value> Duration::FromText(std::string_view text) const {
  const auto value = ParseDuration(text);
  if (!value || *value < min || *value > max) return std::nullopt;
  return *value;
}

std::optional<std::string> Text::FromText(std::string_view text) const {
  if (!accepts(text) || text.size() > 4096) return std::nullopt;
  return std::string(text);
}

std::optional<HostPort> Address::FromText(std::string_view text) const {
  return HostPort::Parse(text);
}

std::optional<KeySource> Source::FromText(std::string_view text) const {
  if (auto source = KeySource::Parse(text)) return source;
  if (bare_path && !text.empty() && text.find(':') == std::string_view::npos) {
    return KeySource{KeySource::Kind::kFile, std::string(text)};
  }
  return std::nullopt;
}

std::optional<HubMethod> Method::Read(const YamlNode& node, const std::string& path,
                                      ConfigReader& reader) const {
  const auto name = ReadScalar(Text{.what = "the name of a hub method"}, node, path, reader);
  if (!name) return std::nullopt;
  const auto method = HubMethodFromName(*name);
  if (!method) {
    std::string demand = "is not a method of the hub: " + Quoted(*name);
    if (const auto nearest = NearestWord(*name, HubMethodNames())) {
      demand += "; did you mean '" + *nearest + "'?";
    }
    reader.Complain(path, node.line, demand);
  }
  return method;
}

std::optional<Roles::Value> Roles::Read(const YamlNode& node, const std::string& path,
                                        ConfigReader& reader) const {
  const Text role{.what = "one of subscriber, viewer, publisher, tenant-admin, platform-admin",
                  .accepts = [](std::string_view text) {
                    return text == "subscriber" || text == "viewer" || text == "publisher" ||
                           text == "tenant-admin" || text == "platform-admin";
                  }};
  auto names = List<Text>{role}.Read(node, path, reader);
  if (!names) return std::nullopt;
  if (names->empty()) {
    reader.Complain(path, node.line, "must name a role; enabled: false takes it from all");
    return std::nullopt;
  }
  return Value(std::move(*names));
}

std::string Roles::Print(const Value& value) const {
  return value ? List<Text>{}.Print(*value) : "\"\"";
}

std::optional<PaceText::Value> PaceText::FromText(std::string_view text) const {
  if (text == "none") return Value{};
  const auto pace = Pace::Parse(text);
  if (!pace) return std::nullopt;
  return Value{pace};
}

std::optional<TenantScope> Tenants::Read(const YamlNode& node, const std::string& path,
                                         ConfigReader& reader) const {
  TenantScope scope;
  if (node.kind == YamlNode::Kind::kScalar && node.text == "*") {
    scope.all = true;
    return scope;
  }
  const List<Text> words{Text{.what = "tenant ids, or \"*\" for all", .accepts = [](auto text) {
                                return TenantId::Parse(text).has_value();
                              }}};
  const auto names = words.Read(node, path, reader);
  if (!names) return std::nullopt;
  for (const auto& name : *names) scope.tenants.push_back(TenantId::Parse(name).value());
  return scope;
}

std::string Tenants::Print(const TenantScope& value) const {
  if (value.all) return "\"*\"";
  std::string text = "[";
  for (const auto& tenant : value.tenants)
    text += (text.size() > 1 ? ", " : "") + YamlText(tenant.text());
  return text + "]";
}

std::optional<Pointers::Value> Pointers::Read(const YamlNode& node, const std::string& path,
                                              ConfigReader& reader) const {
  const Text pointer{.what = "a JSON Pointer such as /rate",
                     .accepts = [](auto text) { return text.empty() || text.front() == '/'; }};
  if (node.kind != YamlNode::Kind::kMap) {
    reader.Complain(path, node.line,
                    "must be a map of names to JSON Pointers, as in {rate: /rate}");
    return std::nullopt;
  }
  Value value;
  bool all = true;
  for (const auto& item : node.items) {
    auto text = ReadScalar(pointer, item, path + "." + item.key, reader);
    all = all && text.has_value();
    if (text) value.emplace_back(item.key, std::move(*text));
  }
  if (!all) return std::nullopt;
  return value;
}

std::string Pointers::Print(const Value& value) const {
  std::string text = "{";
  for (const auto& [name, pointer] : value) {
    text += (text.size() > 1 ? ", " : "") + YamlText(name) + ": " + YamlText(pointer);
  }
  return text + "}";
}

}  // namespace codec
}  // namespace notify
