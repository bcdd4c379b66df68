#include "common/model/json_patch.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "common/model/json_pointer.hpp"

namespace notify {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"add",  "remove", "replace",
                                                    "move", "copy",   "test"};

using Tokens = std::span<const std::string>;

JsonValue* Follow(JsonValue& root, Tokens tokens) {
  return const_cast<JsonValue*>(std::as_const(root).Follow(tokens));
}

/// The parts of a number by which two are equal: sign, digits without zeros at either end, and how
/// far the point is from the first of them.
struct NumberParts {
  bool negative = false;
  std::string digits;
  long long exponent = 0;
  bool operator==(const NumberParts&) const = default;
};

NumberParts PartsOf(const std::string& text) {
  NumberParts parts;
  std::size_t at = 0;
  if (text.starts_with('-')) {
    parts.negative = true;
    at = 1;
  }
  long long behind = 0;
  bool point = false;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      point = true;
    } else {
      parts.digits += text[at];
      if (point) ++behind;
    }
  }
  // Longer exponents than this are compared as texts are: no number of a program has them.
  const std::string exponent = at < text.size() ? text.substr(at + 1, 12) : std::string();
  parts.exponent = (exponent.empty() ? 0 : std::atoll(exponent.c_str())) - behind;
  while (!parts.digits.empty() && parts.digits.back() == '0') {
    parts.digits.pop_back();
    ++parts.exponent;
  }
  parts.digits.erase(0, parts.digits.find_first_not_of('0'));
  return parts.digits.empty() ? NumberParts() : parts;
}

bool EqualObjects(const JsonValue& left, const JsonValue& right) {
  if (left.members().size() != right.members().size()) return false;
  return std::ranges::all_of(left.members(), [&](const JsonValue::Member& member) {
    const JsonValue* other = right.Find(member.first);
    return other != nullptr && EqualJson(member.second, *other);
  });
}

/// Where a value is added: into an array before an element, or as a member. The reason why not.
std::string AddAt(JsonValue& document, Tokens path, JsonValue value) {
  if (path.empty()) {
    document = std::move(value);
    return {};
  }
  JsonValue* parent = Follow(document, path.first(path.size() - 1));
  if (parent == nullptr) return "what it is to be added to is not there";
  const std::string& name = path.back();
  if (parent->is_object()) {
    parent->Set(name, std::move(value));
    return {};
  }
  if (!parent->is_array()) return "what it is to be added to is no object or list";
  auto& items = parent->items();
  if (name == "-") {
    items.push_back(std::move(value));
    return {};
  }
  const auto index = ElementIndex(name);
  if (!index || *index > items.size()) return "the list has no such place";
  items.insert(items.begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
  return {};
}

std::optional<JsonValue> TakeAt(JsonValue& document, Tokens path) {
  JsonValue* found = Follow(document, path);
  if (found == nullptr) return std::nullopt;
  JsonValue taken = std::move(*found);
  if (path.empty()) {
    document = JsonValue();
    return taken;
  }
  JsonValue* parent = Follow(document, path.first(path.size() - 1));
  if (parent->is_object()) {
    parent->Remove(path.back());
  } else {
    parent->items().erase(parent->items().begin() + (found - parent->items().data()));
  }
  return taken;
}

/// Whether a value fits into `room` bytes and `depth` levels; what it takes of the room is taken.
bool TakeRoom(const JsonValue& value, std::size_t depth, std::size_t& room) {
  // Quotes, comma and colon; each value costs something, so that empty ones count as well.
  const auto take = [&room](std::size_t bytes) {
    const bool fits = bytes <= room;
    room -= std::min(bytes, room);
    return fits;
  };
  if (depth == 0) return false;
  if (!value.is_object() && !value.is_array()) return take(value.Text().size() + 3);
  if (!take(3)) return false;
  for (const JsonValue& item : value.items()) {
    if (!TakeRoom(item, depth - 1, room)) return false;
  }
  for (const auto& [name, member] : value.members()) {
    if (!take(name.size() + 4) || !TakeRoom(member, depth - 1, room)) return false;
  }
  return true;
}

constexpr const char* kTooLarge = "it would become too large or too deep";

bool MayAdd(Tokens path, const JsonValue& value, std::size_t& room) {
  return path.size() < JsonPatch::kMostDepth &&
         TakeRoom(value, JsonPatch::kMostDepth - path.size(), room);
}

}  // namespace

void MergePatch(JsonValue& target, const JsonValue& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) target = JsonValue::Object();
  for (const auto& [name, value] : patch.members()) {
    if (value.is_null()) {
      target.Remove(name);
      continue;
    }
    JsonValue* member = target.Find(name);
    if (member == nullptr) {
      target.Append(name, JsonValue());
      member = target.Find(name);
    }
    MergePatch(*member, value);
  }
}

bool EqualJson(const JsonValue& left, const JsonValue& right) {
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case JsonValue::Kind::kNumber:
      return PartsOf(left.Text()) == PartsOf(right.Text());
    case JsonValue::Kind::kObject:
      return EqualObjects(left, right);
    case JsonValue::Kind::kArray:
      return std::ranges::equal(left.items(), right.items(), EqualJson);
    case JsonValue::Kind::kNull:
    case JsonValue::Kind::kBool:
    case JsonValue::Kind::kString:
      return left == right;
  }
  return false;
}

JsonPatch::Operation JsonPatch::ParseOne(const JsonValue& value, const std::string& pointer,
                                         std::vector<FieldError>& errors) {
  Operation operation;
  const auto refuse = [&](const char* member, const char* why) {
    errors.push_back({pointer + member, why, 0});
  };
  if (!value.is_object()) {
    refuse("", "must be an operation: {op, path, …}");
    return operation;
  }
  const auto name = std::ranges::find(kNames, value.Text("op"));
  if (name == kNames.end()) {
    refuse("/op", "must be one of add, remove, replace, move, copy, test");
    return operation;
  }
  operation.op = static_cast<Op>(name - kNames.begin());
  const auto tokens = [&](const char* member, const char* where) {
    const JsonValue* text = value.Find(member);
    auto read = text != nullptr && text->is_string() ? PointerTokens(text->Text()) : std::nullopt;
    if (!read) refuse(where, "must be a JSON Pointer into the data as in /amount");
    return read.value_or(std::vector<std::string>());
  };
  operation.path = tokens("path", "/path");
  operation.path_text = value.Text("path");
  const bool moves = operation.op == Op::kMove || operation.op == Op::kCopy;
  if (moves) operation.from = tokens("from", "/from");
  if (operation.op == Op::kMove && value.Find("from") != nullptr &&
      operation.path.size() > operation.from.size() &&
      std::equal(operation.from.begin(), operation.from.end(), operation.path.begin())) {
    refuse("/path", "lies in what is moved");
  }
  if (!moves && operation.op != Op::kRemove) {
    const JsonValue* given = value.Find("value");
    if (given == nullptr) {
      refuse("/value", "is missing");
    } else {
      operation.value = *given;
    }
  }
  return operation;
}

JsonPatch JsonPatch::Parse(const JsonValue& list, const std::string& pointer,
                           std::vector<FieldError>& errors) {
  JsonPatch patch;
  if (!list.is_array() || list.items().empty() || list.items().size() > kMostOperations) {
    errors.push_back({pointer, "must be a list of 1 to 200 operations (RFC 6902)", 0});
    return patch;
  }
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    patch.operations_.push_back(
        ParseOne(list.items()[i], pointer + "/" + std::to_string(i), errors));
  }
  return patch;
}

std::string JsonPatch::ApplyOne(const Operation& one, JsonValue& document, std::size_t& room) {
  switch (one.op) {
    case Op::kAdd:
      if (!MayAdd(one.path, one.value, room)) return kTooLarge;
      return AddAt(document, one.path, one.value);
    case Op::kRemove:
      return TakeAt(document, one.path) ? "" : "there is nothing to remove";
    case Op::kReplace: {
      JsonValue* found = Follow(document, one.path);
      if (found == nullptr) return "there is nothing to replace";
      if (!MayAdd(one.path, one.value, room)) return kTooLarge;
      *found = one.value;
      return {};
    }
    case Op::kMove: {
      auto taken = TakeAt(document, one.from);
      if (!taken) return "there is nothing to move";
      // A move adds nothing but depth.
      std::size_t moved = SIZE_MAX;
      if (!MayAdd(one.path, *taken, moved)) return kTooLarge;
      return AddAt(document, one.path, std::move(*taken));
    }
    case Op::kCopy: {
      const JsonValue* found = Follow(document, one.from);
      if (found == nullptr) return "there is nothing to copy";
      if (!MayAdd(one.path, *found, room)) return kTooLarge;
      return AddAt(document, one.path, *found);
    }
    case Op::kTest: {
      const JsonValue* found = Follow(document, one.path);
      return found != nullptr && EqualJson(*found, one.value) ? "" : "the value is another";
    }
  }
  return {};
}

Status JsonPatch::Apply(JsonValue& document) const {
  JsonValue changed = document;
  std::size_t room = kMostAdded;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    const std::string why = ApplyOne(operations_[i], changed, room);
    if (why.empty()) continue;
    return Fail(Errc::kInvalidArgument,
                "Operation " + std::to_string(i + 1) + " (" +
                    std::string(kNames.at(static_cast<std::size_t>(operations_[i].op))) + " '" +
                    operations_[i].path_text + "') cannot be done: " + why + ".");
  }
  document = std::move(changed);
  return {};
}

}  // namespace notify
