#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/model/object_reader.hpp"

namespace notify::agent {

/// What a condition compares with.
using Scalar = std::variant<std::nullptr_t, bool, double, std::string>;

/// One condition on a member of the envelope, as rules and projections say it.
struct Condition {
  enum class Op : std::uint8_t { kEq, kNe, kGt, kGe, kLt, kLe, kIn, kExists };
  std::string pointer;  ///< JSON Pointer into the envelope, as in `/data/amount`.
  Op op = Op::kEq;
  std::vector<Scalar> values;  ///< One; several for kIn; a bool for kExists.
};

/// `eq`, `ne`, `gt`, `ge`, `lt`, `le`, `in`, `exists`.
std::string_view OpName(Condition::Op op);

/// Reads the member `when`: a list of at most 32 of `{pointer, op, value}`; what is wrong goes to
/// `errors`. Absent: none.
std::vector<Condition> ReadConditions(ObjectReader& reader, std::vector<FieldError>& errors);

/// The same as JSON.
nlohmann::ordered_json ConditionsJson(const std::vector<Condition>& conditions);

/// What stands at a condition's pointer.
struct Member {
  bool there = false;
  std::optional<Scalar> scalar;  ///< Nothing for a list or an object.
};

/// Whether it is what the condition wants. Numbers and texts compare by size with their like only.
bool Holds(const Condition& condition, const Member& member);

/// Whether `text` can name event types: a type, a prefix as in `fx.*`, or `*`.
bool IsTypePattern(std::string_view text);

}  // namespace notify::agent
