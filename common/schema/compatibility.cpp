#include "common/schema/compatibility.hpp"

#include <string>
#include <utility>

#include "common/schema/schema_covers.hpp"

namespace notify::schema {
namespace {

constexpr std::size_t kMostReasons = 20;

/// The place in `document` that a reason is about: the keyword where it has it, else its schema.
FieldError At(const SchemaDocument& document, const nlohmann::json& node,
              const std::string& keyword, std::string detail) {
  std::string pointer = document.PointerOf(node, keyword);
  if (!document.lines.contains(pointer)) pointer = document.PointerOf(node, "");
  const int line = document.LineOf(pointer);
  return {.pointer = std::move(pointer), .detail = std::move(detail), .line = line};
}

}  // namespace

std::string_view CompatibilityName(Compatibility rule) {
  switch (rule) {
    case Compatibility::kNone:
      return "none";
    case Compatibility::kBackward:
      return "backward";
    case Compatibility::kFull:
      return "full";
  }
  return "";
}

Result<Compatibility> ParseCompatibility(std::string_view name) {
  for (const auto rule : {Compatibility::kNone, Compatibility::kBackward, Compatibility::kFull}) {
    if (CompatibilityName(rule) == name) return rule;
  }
  Error error =
      Fail(Errc::kInvalidArgument, "'" + std::string(name.substr(0, 32)) +
                                       "' is no compatibility rule: none, backward, full.");
  error.errors.push_back({.pointer = "/compatibility", .detail = "must be none, backward or full"});
  return error;
}

Status CheckCompatible(const JsonSchema& older, const JsonSchema& newer, Compatibility rule) {
  std::vector<FieldError> reasons;
  if (rule != Compatibility::kNone) {
    for (const Uncovered& gap : WhatDoesNotFit(newer.document(), older.document())) {
      reasons.push_back(At(newer.document(), *gap.wide, gap.keyword,
                           "may refuse what fits the version before: " + gap.why));
    }
  }
  if (rule == Compatibility::kFull) {
    for (const Uncovered& gap : WhatDoesNotFit(older.document(), newer.document())) {
      reasons.push_back(At(newer.document(), *gap.narrow, gap.keyword,
                           "may pass what the version before refuses: there, " + gap.why));
    }
  }
  if (reasons.empty()) return {};
  if (reasons.size() > kMostReasons) reasons.resize(kMostReasons);
  const FieldError& first = reasons.front();
  Error error = Fail(Errc::kConflict,
                     "The schema is not " + std::string(CompatibilityName(rule)) +
                         " compatible with the version before: " +
                         (first.pointer.empty() ? "it" : "'" + first.pointer + "'") + " " +
                         first.detail + " (line " + std::to_string(first.line) + ").",
                     "Change the schema, give its events a new type, or put it with "
                     "--compatibility none.");
  error.errors = std::move(reasons);
  return error;
}

}  // namespace notify::schema
