#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace notify::template_engine {

/// What a value is. `kUndefined` is "there is no such name"; JSON has no such value.
enum class Kind : std::uint8_t { kUndefined, kNull, kBool, kNumber, kString, kArray, kObject };

struct Member;

/// The name of a member with its hash, so that most names are told apart by one comparison.
///
/// Lifetime: a view, as `std::string_view`.
/// Threads:  immutable, any thread.
class Name {
 public:
  constexpr Name() = default;
  constexpr explicit Name(std::string_view text)
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())), hash_(Hash(text)) {}

  constexpr std::string_view text() const { return {text_, size_}; }
  constexpr bool operator==(const Name& other) const {
    return hash_ == other.hash_ && size_ == other.size_ && text() == other.text();
  }
  /// Some order, the same for equal names.
  constexpr bool operator<(const Name& other) const {
    return hash_ != other.hash_ ? hash_ < other.hash_ : text() < other.text();
  }

 private:
  // FNV-1a. An attacker may find collisions: they cost a comparison each, and large objects are
  // searched by an order that they do not break.
  static constexpr std::uint32_t Hash(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
  }

  const char* text_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t hash_ = 0;
};

/// A read-only view of one value of the data: 16 bytes, copied freely, never owns.
///
/// Numbers are doubles and turn into text as in JavaScript, because the language is Handlebars.
///
/// Lifetime: what it points at belongs to a `Data`, a `Template` or the scratch memory of a render.
/// Threads:  immutable, any thread.
class Value {
 public:
  /// Undefined.
  constexpr Value() = default;
  static constexpr Value Null();
  static constexpr Value Bool(bool value);
  static constexpr Value Number(double value);
  /// `text` is UTF-8 and must outlive the value.
  static constexpr Value String(std::string_view text);
  /// `items` must outlive the value.
  static Value Array(std::span<const Value> items);
  /// `members` must outlive the value; with `indexed`, `members.size()` 32-bit positions in the
  /// order of the keys (`Name`'s `<`) follow the members in memory.
  static Value Object(std::span<const Member> members, bool indexed = false);

  Kind kind() const { return kind_; }
  bool is_nullish() const { return kind_ <= Kind::kNull; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  /// Whether the text is already right for the output and is not escaped again.
  bool is_safe() const { return safe_; }
  Value Safe() const;

  /// Each accessor is for its own kind only.
  bool boolean() const { return bool_; }
  double number() const { return number_; }
  std::string_view text() const { return {text_, size_}; }
  std::span<const Value> items() const { return {items_, size_}; }
  std::span<const Member> members() const;
  /// Elements of an array, members of an object, bytes of a text; else 0.
  std::size_t size() const { return kind_ >= Kind::kString ? size_ : 0; }

  /// The member, element, or `length` of that name; undefined when there is none. There are no
  /// prototypes and no functions: only what the data holds can be reached.
  Value Find(const Name& name) const;
  Value Find(std::string_view name) const { return Find(Name(name)); }

  /// False, 0, "", null and undefined are falsy, as in JavaScript.
  bool IsTruthy() const;
  /// What `{{#if}}` goes by: falsy but for 0 (unless `zero_counts` is false), or an empty array.
  bool IsEmpty() const;
  /// `==` of JavaScript for what data can hold: arrays and objects by identity.
  bool LooselyEquals(const Value& other) const;
  /// `===` of JavaScript; arrays and objects by identity.
  bool Equals(const Value& other) const;

  /// The text of the value appended to `out`: null and undefined are empty, an array is its
  /// elements joined by commas, an object `[object Object]`.
  void AppendText(std::string& out) const;

 private:
  Kind kind_ = Kind::kUndefined;
  bool safe_ = false;
  bool indexed_ = false;
  std::uint32_t size_ = 0;
  union {
    double number_ = 0;
    bool bool_;
    const char* text_;
    const Value* items_;
    const Member* members_;
  };
};

/// A name and its value in an object, in the order in which JavaScript visits them.
struct Member {
  Name key;
  Value value;
};

constexpr Value Value::Null() {
  Value value;
  value.kind_ = Kind::kNull;
  return value;
}

constexpr Value Value::Bool(bool boolean) {
  Value value;
  value.kind_ = Kind::kBool;
  value.bool_ = boolean;
  return value;
}

constexpr Value Value::Number(double number) {
  Value value;
  value.kind_ = Kind::kNumber;
  value.number_ = number;
  return value;
}

constexpr Value Value::String(std::string_view text) {
  Value value;
  value.kind_ = Kind::kString;
  value.size_ = static_cast<std::uint32_t>(text.size());
  value.text_ = text.data();
  return value;
}

/// Objects with more members than this carry an index for `Find`.
inline constexpr std::size_t kIndexedFrom = 32;

/// The text of a number as JavaScript writes it (1e21, 0.1, -0 is 0), appended to `out`.
void AppendNumber(double number, std::string& out);

/// The most digits that `AppendFixed` writes after the point.
inline constexpr int kMaxDecimals = 20;

/// The number in a value: a number, or a text that is one as a whole; finite only.
std::optional<double> ToDecimalNumber(const Value& value);

/// `number` with exactly `decimals` (0 to 20) digits after the point, rounded half away from zero
/// as the decimal digits that JavaScript would print stand (1.005 is 1.01), the thousands
/// separated by `group`; appended to `out`.
void AppendFixed(double number, int decimals, std::string_view group, std::string& out);

/// `value` as JSON, appended to `out`; undefined is `null`.
void AppendJson(const Value& value, std::string& out);

}  // namespace notify::template_engine
