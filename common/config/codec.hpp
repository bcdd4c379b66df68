#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/config/field.hpp"
#include "common/config/read_map.hpp"
#include "common/units.hpp"

/// How values of each kind are read and printed. A codec of scalars has:
///   Value                                 what it reads
///   std::string TypeName() const          for the documentation, with the range
///   std::string Demand() const            "must be …", for messages
///   std::optional<Value> FromText(text)   nothing where the text does not do
///   std::string Print(value)              YAML on one line
namespace notify::codec {

/// Whether a text may be shown in a message (what may turn out to be a secret may not).
template <typename C>
constexpr bool kShown = !requires {
  C::kHidden;
};

/// The value of a scalar in `'…'`, cut and without control characters.
std::string Quoted(std::string_view text);

template <typename C>
std::optional<typename C::Value> ReadScalar(const C& codec, const YamlNode& node,
                                            const std::string& path, ConfigReader& reader) {
  if (node.kind == YamlNode::Kind::kScalar) {
    if (auto value = codec.FromText(node.text)) return value;
    std::string demand = codec.Demand();
    if (kShown<C>) demand += ", not " + Quoted(node.text);
    reader.Complain(path, node.line, demand);
  } else if (node.kind == YamlNode::Kind::kNull) {
    reader.Complain(path, node.line, "has no value; it " + codec.Demand());
  } else {
    reader.Complain(
        path, node.line,
        codec.Demand() + (node.kind == YamlNode::Kind::kMap ? ", not a section" : ", not a list"));
  }
  return std::nullopt;
}

struct Bool {
  using Value = bool;
  std::string TypeName() const { return "boolean"; }
  std::string Demand() const { return "must be true or false"; }
  std::optional<bool> FromText(std::string_view text) const;
  std::string Print(bool value) const { return value ? "true" : "false"; }
};

struct Number {
  using Value = std::uint32_t;
  std::uint32_t min = 0;
  std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
  std::string TypeName() const;
  std::string Demand() const;
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(Value value) const { return std::to_string(value); }
};

/// A whole number that may be larger than a Number.
struct Count {
  using Value = std::uint64_t;
  std::uint64_t max = std::numeric_limits<std::int64_t>::max();
  std::string TypeName() const { return "number up to " + std::to_string(max); }
  std::string Demand() const { return "must be a whole number up to " + std::to_string(max); }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(Value value) const { return std::to_string(value); }
};

/// A number, or `none` for no limit.
struct Limit {
  using Value = std::optional<std::uint32_t>;
  std::uint32_t max = std::numeric_limits<std::uint32_t>::max();
  std::string TypeName() const { return Number{.min = 1, .max = max}.TypeName() + ", or none"; }
  std::string Demand() const { return Number{.min = 1, .max = max}.Demand() + ", or none"; }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(Value value) const { return value ? std::to_string(*value) : "none"; }
};

struct Size {
  using Value = std::uint64_t;
  std::uint64_t min = 1;
  std::uint64_t max = 1ULL << 40;
  std::string TypeName() const;
  std::string Demand() const;
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(Value value) const { return FormatSize(value); }
};

struct Duration {
  using Value = std::chrono::nanoseconds;
  Value min = std::chrono::milliseconds(1);
  Value max = std::chrono::hours(24);
  std::string TypeName() const;
  std::string Demand() const;
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(Value value) const { return FormatDuration(value); }
};

/// Text that `accepts`; `what` names it, as in "a path".
struct Text {
  using Value = std::string;
  std::string_view what = "text";
  bool (*accepts)(std::string_view) = [](std::string_view text) { return !text.empty(); };
  std::string TypeName() const { return std::string(what); }
  std::string Demand() const { return "must be " + std::string(what); }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(const Value& value) const { return YamlText(value); }
};

/// One of a few words.
template <typename E, std::size_t N>
struct Word {
  using Value = E;
  std::array<std::pair<std::string_view, E>, N> words;

  std::string TypeName() const {
    std::string text;
    for (const auto& [word, value] : words)
      text += (text.empty() ? "" : " \\| ") + std::string(word);
    return text;
  }
  std::string Demand() const {
    std::string text;
    for (const auto& [word, value] : words) text += (text.empty() ? "" : ", ") + std::string(word);
    return N == 1 ? "must be " + text : "must be one of " + text;
  }
  std::optional<E> FromText(std::string_view text) const {
    for (const auto& [word, value] : words) {
      if (word == text) return value;
    }
    return std::nullopt;
  }
  std::string Print(E value) const {
    for (const auto& [word, candidate] : words) {
      if (candidate == value) return std::string(word);
    }
    return "";
  }
};
template <typename E, std::size_t N>
Word(std::array<std::pair<std::string_view, E>, N>) -> Word<E, N>;

struct Address {
  using Value = HostPort;
  std::string TypeName() const { return "HOST:PORT"; }
  std::string Demand() const { return "must be HOST:PORT, as in 127.0.0.1:7800 or [::1]:7800"; }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(const Value& value) const { return YamlText(value.ToString()); }
};

/// Where a secret lies; a plain path only where `bare_path`. Its text is never shown, since people
/// paste the secret itself.
struct Source {
  using Value = KeySource;
  static constexpr bool kHidden = true;
  bool bare_path = false;
  std::string TypeName() const {
    return "file:PATH \\| env:NAME \\| credential:NAME \\| command:LINE";
  }
  std::string Demand() const {
    return "must say where it lies: file:PATH, env:NAME, credential:NAME or command:LINE";
  }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(const Value& value) const {
    return value.empty() ? "\"\"" : YamlText(value.ToString());
  }
};

/// Several of another codec. One word is a list of one; from the environment and flags, words are
/// separated by commas.
template <typename C>
struct List {
  using Value = std::vector<typename C::Value>;
  C item;

  std::string TypeName() const { return "list of " + item.TypeName(); }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const {
    Value values;
    std::vector<YamlNode> parts;
    if (node.kind == YamlNode::Kind::kSequence) {
      parts = node.items;
    } else if (node.from_text) {
      parts = SplitAtCommas(node);
    } else {
      parts = {node};
    }
    bool all = true;
    for (const auto& part : parts) {
      if (auto value = ReadScalar(item, part, path, reader)) {
        values.push_back(std::move(*value));
      } else {
        all = false;
      }
    }
    if (!all) return std::nullopt;
    return values;
  }
  std::string Print(const Value& values) const {
    std::string text = "[";
    for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + item.Print(value);
    return text + "]";
  }

  static std::vector<YamlNode> SplitAtCommas(const YamlNode& node) {
    std::vector<YamlNode> parts;
    std::string_view rest = node.text;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      auto word = rest.substr(0, comma);
      while (word.starts_with(' ')) word.remove_prefix(1);
      while (word.ends_with(' ')) word.remove_suffix(1);
      parts.push_back(node);
      parts.back().text = word;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return parts;
  }
};

template <typename C>
List(C) -> List<C>;

/// The name of a hub method; another one is told the nearest that there is.
struct Method {
  using Value = HubMethod;
  std::string TypeName() const { return "the name of a hub method"; }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const;
  std::string Print(Value value) const { return std::string(HubMethodName(value)); }
};

/// Names of roles, at least one; nothing is printed where none are set.
struct Roles {
  using Value = std::optional<std::vector<std::string>>;
  std::string TypeName() const { return "list of roles"; }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const;
  std::string Print(const Value& value) const;
};

/// `COUNT/INTERVAL`, or `none` for no limit.
struct PaceText {
  using Value = std::optional<Pace>;
  std::string TypeName() const { return "COUNT/INTERVAL, or none"; }
  std::string Demand() const {
    return "must be a count up to 1000000 in an interval up to 1h, as in 100/1s, or none";
  }
  std::optional<Value> FromText(std::string_view text) const;
  std::string Print(const Value& value) const { return value ? value->ToString() : "none"; }
};

/// `*`, or a list of tenant ids.
struct Tenants {
  using Value = TenantScope;
  std::string TypeName() const { return "list of tenant ids, or `*`"; }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const;
  std::string Print(const Value& value) const;
};

/// A map from names to JSON Pointers, in the order of the file.
struct Pointers {
  using Value = std::vector<std::pair<std::string, std::string>>;
  std::string TypeName() const { return "map of name to JSON Pointer"; }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const;
  std::string Print(const Value& value) const;
};

/// A list of objects with rows of their own.
template <typename T>
struct Objects {
  using Value = std::vector<T>;
  const std::vector<Field<T>>& (*fields)();

  std::string TypeName() const { return "list of objects"; }
  std::optional<Value> Read(const YamlNode& node, const std::string& path,
                            ConfigReader& reader) const {
    if (node.kind == YamlNode::Kind::kNull) return Value{};
    if (node.kind != YamlNode::Kind::kSequence) {
      reader.Complain(path, node.line,
                      node.from_text ? "can be set in the file only" : "must be a list of objects");
      return std::nullopt;
    }
    Value values;
    for (const auto& part : node.items) {
      T value;
      value.line = part.line;
      const auto item_path = path + "[" + std::to_string(values.size()) + "]";
      ReadMap<T>(part, item_path, fields(), value, reader, [](const std::string&, int) {});
      values.push_back(std::move(value));
    }
    return values;
  }
  std::string Print(const Value& values) const {
    std::string text = "[";
    for (const auto& value : values) {
      text += text.size() > 1 ? ", {" : "{";
      std::string members;
      for (const auto& field : fields()) {
        if (field.print(value) == "\"\"") continue;  // Not set.
        members += (members.empty() ? "" : ", ") + field.path + ": " + field.print(value);
      }
      text += members + "}";
    }
    return text + "]";
  }
};

/// A row whose value `access` finds in the struct (const or not) and `codec` reads and prints.
template <typename T, typename C, typename Access>
Field<T> Row(std::string path, C codec, std::string doc, Access access) {
  Field<T> field;
  field.path = std::move(path);
  field.type = codec.TypeName();
  field.doc = std::move(doc);
  field.parse = [codec, access](const YamlNode& node, const std::string& full_path, T& target,
                                ConfigReader& reader) {
    std::optional<typename C::Value> value;
    if constexpr (requires { codec.FromText(""); }) {
      value = ReadScalar(codec, node, full_path, reader);
    } else {
      value = codec.Read(node, full_path, reader);
    }
    if (!value) return false;
    access(target) = std::move(*value);
    return true;
  };
  field.print = [codec, access](const T& target) { return codec.Print(access(target)); };
  return field;
}

}  // namespace notify::codec
