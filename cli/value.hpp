#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"

namespace notify::cli {

/// A JSON value as a command builds, reads and prints it. Numbers keep the digits that they were
/// written with, objects the order and the duplicates of their members: what an agent answers is
/// printed as it was sent.
///
/// Lifetime: a value type. Threads: like a std::string.
class Value {
 public:
  enum class Kind { kNull, kBool, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, Value>;

  Value() = default;
  Value(bool value) : kind_(Kind::kBool), text_(value ? "true" : "false") {}  // NOLINT
  Value(std::string text) : kind_(Kind::kString), text_(std::move(text)) {}   // NOLINT
  Value(std::string_view text) : Value(std::string(text)) {}                  // NOLINT
  Value(const char* text) : Value(std::string(text)) {}                       // NOLINT
  Value(double value);                                                        // NOLINT
  template <std::integral T>
  Value(T value) : kind_(Kind::kNumber), text_(std::to_string(value)) {}  // NOLINT

  static Value Object() { return Value(Kind::kObject); }
  static Value Array() { return Value(Kind::kArray); }
  /// A number in JSON's own spelling, unchecked.
  static Value Number(std::string digits);

  /// One JSON document and nothing after it. kInvalidJson with line and column; kJsonTooDeep beyond
  /// 256 levels.
  static Result<Value> Parse(std::string_view json);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::kNull; }
  bool is_object() const { return kind_ == Kind::kObject; }
  bool is_array() const { return kind_ == Kind::kArray; }
  bool is_string() const { return kind_ == Kind::kString; }

  /// Replaces or appends a member; the value becomes an object. Returns itself, for chains.
  Value& Set(std::string_view key, Value value);
  /// Set, unless `text` is empty.
  Value& SetText(std::string_view key, const std::string& text);
  /// Appends a member without looking for one of that name.
  Value& Append(std::string key, Value value);
  /// Appends to an array.
  Value& Add(Value value);
  /// Removes a member, if it is there.
  void Remove(std::string_view key);

  /// The last member of that name; null where there is none or this is not an object.
  const Value* Find(std::string_view key) const;
  /// Find along `a.b.c`, trying each name whole first (members may contain dots).
  const Value* At(std::string_view path) const;

  const std::vector<Member>& members() const { return members_; }
  const std::vector<Value>& items() const { return items_; }
  std::vector<Value>& items() { return items_; }

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

  bool operator==(const Value&) const = default;

 private:
  explicit Value(Kind kind) : kind_(kind) {}
  void Write(std::string& out, int indent) const;

  Kind kind_ = Kind::kNull;
  std::string text_;  // kBool, kNumber, kString
  std::vector<Value> items_;
  std::vector<Member> members_;
};

}  // namespace notify::cli
