#include "agent/projection/fold.hpp"

#include <algorithm>
#include <array>
#include <compare>
#include <nlohmann/json.hpp>

#include "agent/flow/condition.hpp"
#include "agent/projection/decimal.hpp"
#include "common/model/json_patch.hpp"

namespace notify::agent::projection {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 8> kNames = {"count", "sum",  "min", "max",
                                                    "first", "last", "set", "merge"};
constexpr std::size_t kMostRules = 16;
constexpr std::size_t kMostTypes = 100;
constexpr std::size_t kLargestValue = 1024;

Error Misfit(const Operand& of, std::string_view why) {
  return Fail(Errc::kInvalidArgument, "'" + of.text() + "' " + std::string(why) + ".");
}

bool IsNumber(const JsonValue& value) { return value.kind() == JsonValue::Kind::kNumber; }

Status Count(std::optional<JsonValue>& field) {
  const auto now = field ? Decimal::Parse(field->Text()) : Decimal();
  const auto next = now ? now->Plus(*Decimal::Parse("1")) : std::nullopt;
  if (!next) return Fail(Errc::kInvalidArgument, "The field to count in holds no number.");
  field = JsonValue::Number(next->ToString());
  return {};
}

Status Sum(const Fold& fold, const JsonValue& value, std::optional<JsonValue>& field) {
  if (!IsNumber(value)) return Misfit(*fold.of, "is no number, so it cannot be added");
  const auto number = Decimal::Parse(value.Text());
  if (!number) return Misfit(*fold.of, "has more than 34 digits");
  if (field && !IsNumber(*field)) return Misfit(*fold.of, "cannot be added to what is no number");
  const auto now = field ? Decimal::Parse(field->Text()) : Decimal();
  const auto sum = now ? now->Plus(fold.subtract ? number->Negated() : *number) : std::nullopt;
  if (!sum) return Misfit(*fold.of, "makes a sum of more than 34 digits");
  field = JsonValue::Number(sum->ToString());
  return {};
}

/// How two numbers or two texts stand to each other; nothing where they do not compare.
std::optional<std::partial_ordering> Compare(const JsonValue& left, const JsonValue& right) {
  if (left.is_string() && right.is_string()) {
    return std::partial_ordering(left.Text() <=> right.Text());
  }
  if (!IsNumber(left) || !IsNumber(right)) return std::nullopt;
  const auto a = Decimal::Parse(left.Text());
  const auto b = Decimal::Parse(right.Text());
  if (!a || !b) return std::nullopt;
  return a->Compare(*b);
}

Status Extreme(const Fold& fold, JsonValue value, std::optional<JsonValue>& field) {
  const auto order = Compare(value, field ? *field : value);
  if (!order) return Misfit(*fold.of, "does not compare: numbers and texts do, with their like");
  const bool better = fold.kind == FoldKind::kMin ? *order < 0 : *order > 0;
  if (!field || better) field = std::move(value);
  return {};
}

Operand ReadOperand(ObjectReader& reader) {
  const std::string text = reader.RequiredText("of", 512);
  auto operand = Operand::Parse(text);
  if (!operand && !text.empty()) {
    reader.Refuse("of",
                  "must be a JSON Pointer into the event as in /data/amount, or an attribute");
  }
  return operand.value_or(Operand());
}

void ReadValue(ObjectReader& reader, Fold& fold) {
  const json* value = reader.Required("value");
  if (value == nullptr) return;
  auto parsed = JsonValue::Parse(value->dump(-1, ' ', false, json::error_handler_t::replace));
  if (!parsed || parsed->Compact().size() > kLargestValue) {
    reader.Refuse("value", "must be JSON of at most 1,024 bytes");
  } else {
    fold.value = std::move(*parsed);
  }
}

Fold ReadFold(const json& value, const std::string& pointer, std::vector<FieldError>& errors) {
  Fold fold;
  ObjectReader reader(value, pointer, errors);
  const std::string name = reader.RequiredText("fold");
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) {
    if (!name.empty()) {
      reader.Refuse("fold", "must be one of count, sum, min, max, first, last, set, merge");
    }
    return fold;
  }
  fold.kind = static_cast<FoldKind>(found - kNames.begin());
  if (fold.kind == FoldKind::kSet) {
    ReadValue(reader, fold);
  } else if (fold.kind != FoldKind::kCount) {
    fold.of = ReadOperand(reader);
  }
  if (fold.kind == FoldKind::kSum) fold.subtract = reader.Flag("subtract", false);
  fold.on = ReadTypes(reader, "on");
  reader.RefuseOthers();
  return fold;
}

nlohmann::ordered_json FoldJson(const Fold& fold) {
  nlohmann::ordered_json shown = {{"fold", FoldName(fold.kind)}};
  if (fold.of) shown["of"] = fold.of->text();
  if (fold.subtract) shown["subtract"] = true;
  if (fold.kind == FoldKind::kSet) {
    shown["value"] = nlohmann::ordered_json::parse(fold.value.Compact(), nullptr, false);
  }
  if (!fold.on.empty()) shown["on"] = fold.on;
  return shown;
}

}  // namespace

std::string_view FoldName(FoldKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

Status Fold::Apply(const EventInHand& event, std::optional<JsonValue>& field) const {
  if (kind == FoldKind::kCount) return Count(field);
  if (kind == FoldKind::kSet) {
    field = value;
    return {};
  }
  auto read = of->Read(event);
  if (!read) return {};
  switch (kind) {
    case FoldKind::kSum:
      return Sum(*this, *read, field);
    case FoldKind::kMin:
    case FoldKind::kMax:
      return Extreme(*this, std::move(*read), field);
    case FoldKind::kFirst:
      if (!field) field = std::move(*read);
      return {};
    case FoldKind::kMerge:
      if (!read->is_object()) return Misfit(*of, "is no object, so it cannot be merged");
      // Merging costs the product of both sides: what can never fit is not tried.
      if (read->Compact().size() > kLargestState) {
        return Misfit(*of, "is larger than a state may be");
      }
      if (!field) field = JsonValue::Object();
      MergePatch(*field, *read);
      return {};
    case FoldKind::kLast:
    case FoldKind::kCount:
    case FoldKind::kSet:
      field = std::move(*read);
      return {};
  }
  return {};
}

std::vector<Fold> ReadFolds(const json& value, const std::string& pointer,
                            std::vector<FieldError>& errors) {
  std::vector<Fold> folds;
  if (!value.is_array()) {
    folds.push_back(ReadFold(value, pointer, errors));
    return folds;
  }
  if (value.empty() || value.size() > kMostRules) {
    errors.push_back({pointer, "must be a rule, or a list of 1 to 16", 0});
    return folds;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    folds.push_back(ReadFold(value[i], pointer + "/" + std::to_string(i), errors));
  }
  return folds;
}

nlohmann::ordered_json FoldsJson(const std::vector<Fold>& folds) {
  if (folds.size() == 1) return FoldJson(folds.front());
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Fold& fold : folds) list.push_back(FoldJson(fold));
  return list;
}

std::vector<std::string> ReadTypes(ObjectReader& reader, std::string_view name) {
  std::vector<std::string> types;
  const json* list = reader.Optional(name);
  if (list == nullptr) return types;
  if (!list->is_array() || list->size() > kMostTypes) {
    reader.Refuse(name, "must be a list of at most 100 types");
    return types;
  }
  for (const json& item : *list) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text == nullptr || !IsTypePattern(*text)) {
      reader.Refuse(name, "must hold types, prefixes such as fx.*, or *");
      return types;
    }
    types.push_back(*text);
  }
  return types;
}

}  // namespace notify::agent::projection
