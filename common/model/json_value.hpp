#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace notify {

/// A JSON value that is built, read, changed and printed. Numbers keep the digits that they were
/// written with, objects the order and the duplicates of their members: what is not changed is
/// printed as it was.
///
/// Lifetime: a value type. Threads: like a std::string.
class JsonValue {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, JsonValue>;

  JsonValue() = default;
  JsonValue(bool value) : kind_(Kind::kBool), text_(value ? "true" : "false") {}  // NOLINT
  JsonValue(std::string text) : kind_(Kind::kString), text_(std::move(text)) {}   // NOLINT
  JsonValue(std::string_view text) : JsonValue(std::string(text)) {}              // NOLINT
  JsonValue(const char* text) : JsonValue(std::string(text)) {}                   // NOLINT
  JsonValue(double value);                                                        // NOLINT
  template <std::integral T>
  JsonValue(T value) : kind_(Kind::kNumber), text_(std::to_string(value)) {}  // NOLINT

  static JsonValue Object() { return JsonValue(Kind::kObject); }
  static JsonValue Array() { return JsonValue(Kind::kArray); }
  /// A number in JSON's own spelling, unchecked.
  static JsonValue Number(std::string digits);

  /// One JSON document and nothing after it. kInvalidJson with line and column; kJsonTooDeep beyond
  /// 256 levels.
  static Result<JsonValue> Parse(std::string_view json);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_string() const { return kind_ == Kind::kString; }

  /// Replaces or appends a member; the value becomes an object. Returns itself, for chains.
  JsonValue& Set(std::string_view key, JsonValue value);
  /// Set, unless `text` is empty.
  JsonValue& SetText(std::string_view key, const std::string& text);
  /// Appends a member without looking for one of that name.
  JsonValue& Append(std::string key, JsonValue value);
  /// Appends to an array.
  JsonValue& Add(JsonValue value);
  /// Removes a member, if it is there.
  void Remove(std::string_view key);

  /// The last member of that name; null where there is none or this is not an object.
  const JsonValue* Find(std::string_view key) const;
  JsonValue* Find(std::string_view key);
  /// The member or element that a JSON Pointer's tokens name one after another (RFC 6901 4); null
  /// where there is none.
  const JsonValue* Follow(std::span<const std::string> tokens) const;
  /// Find along `a.b.c`, trying each name whole first (members may contain dots).
  const JsonValue* At(std::string_view path) const;

  const std::vector<Member>& members() const { return members_; }
  std::vector<Member>& members() { return members_; }
  const std::vector<JsonValue>& items() const { return items_; }
  std::vector<JsonValue>& items() { return items_; }

  /// A string's text, a number's digits, `true`, `false`; compact JSON for the others, empty for
  /// null.
  std::string Text() const;
  /// Text of At(path); empty where nothing is there.
  std::string Text(std::string_view path) const;
  /// The whole number at `path`, if there is one that fits.
  std::optional<std::int64_t> Integer(std::string_view path) const;
  /// Whether there is a `true` at `path`.
  bool IsTrue(std::string_view path) const;

  /// On one line, without spaces.
  std::string Compact() const;
  /// Two spaces a level, no line feed at the end.
  std::string Pretty() const;

  bool operator==(const JsonValue&) const = default;

 private:
  explicit JsonValue(Kind kind) : kind_(kind) {}
  void Write(std::string& out, int indent) const;

  Kind kind_ = Kind::kNull;
  std::string text_;  // kBool, kNumber, kString
  std::vector<JsonValue> items_;
  std::vector<Member> members_;
};

}  // namespace notify
