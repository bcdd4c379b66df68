#include "agent/projection/operand.hpp"

#include <algorithm>

#include "common/model/json_pointer.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::projection {
namespace {

bool IsAttributeName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

const JsonValue* EventInHand::data() const {
  if (!looked_) {
    looked_ = true;
    if (event_.data_kind == DataKind::kJson) {
      if (auto parsed = JsonValue::Parse(event_.data)) data_ = std::move(*parsed);
    }
  }
  return data_ ? &*data_ : nullptr;
}

std::optional<Operand> Operand::Parse(std::string_view text) {
  Operand operand;
  operand.text_ = text;
  std::vector<std::string> tokens;
  if (text.starts_with('/')) {
    auto parsed = PointerTokens(text);
    if (!parsed) return std::nullopt;
    tokens = std::move(*parsed);
  } else {
    tokens = {std::string(text)};
  }
  const std::string name = tokens.front();
  if (name == "data") {
    tokens.erase(tokens.begin());
    operand.tokens_ = std::move(tokens);
    return operand;
  }
  if (tokens.size() > 1 || !IsAttributeName(name)) return std::nullopt;
  if (name == "epoch") {
    operand.kind_ = Kind::kEpoch;
  } else if (name == "sequence") {
    operand.kind_ = Kind::kSequence;
  } else if (name == "recordedtime") {
    operand.kind_ = Kind::kRecorded;
  } else if (const auto field = FindAttribute(name)) {
    operand.kind_ = Kind::kField;
    operand.field_ = *field;
  } else {
    operand.kind_ = Kind::kExtension;
    operand.name_ = name;
  }
  return operand;
}

std::optional<JsonValue> Operand::Read(const EventInHand& hand) const {
  const EventView& event = hand.event();
  switch (kind_) {
    case Kind::kData: {
      const JsonValue* data = hand.data();
      const JsonValue* found = data == nullptr ? nullptr : data->Follow(tokens_);
      return found == nullptr ? std::nullopt : std::optional(*found);
    }
    case Kind::kField: {
      const AttributeField& field = AttributeFields()[field_];
      const std::string_view value = event.*field.member;
      if (value.empty()) return std::nullopt;
      if (field.member == &EventView::streamversion) return JsonValue::Number(std::string(value));
      return JsonValue(value);
    }
    case Kind::kExtension: {
      const auto found = std::ranges::find(event.extensions, name_, &Extension::name);
      if (found == event.extensions.end()) return std::nullopt;
      auto value = JsonValue::Parse(found->value);
      return value ? std::optional(std::move(*value)) : std::nullopt;
    }
    case Kind::kEpoch:
      return JsonValue(hand.position().epoch.value);
    case Kind::kSequence:
      return JsonValue(hand.position().sequence.value);
    case Kind::kRecorded: {
      std::string time;
      AppendRfc3339(time, hand.recorded_ms());
      return JsonValue(std::move(time));
    }
  }
  return std::nullopt;
}

}  // namespace notify::agent::projection
