#include "cli/history/mapping.hpp"

#include <algorithm>
#include <array>

#include "cli/nearest.hpp"

namespace notify::cli::history {
namespace {

bool IsAttributeName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name != "data" && name != "specversion" &&
         std::ranges::all_of(
             name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

// What an attribute must be, whatever the table holds.
Rule::As KindOf(std::string_view attribute) {
  if (attribute == "time" || attribute == "expiresat" || attribute == "scheduledat") {
    return Rule::As::kTime;
  }
  if (attribute == "streamversion" || attribute == "standsfor") return Rule::As::kNumber;
  return Rule::As::kText;
}

Error Missing(const std::string& column, const std::vector<std::string>& columns) {
  std::string detail = "The table has no column '" + column + "'.";
  const auto near = Nearest(column, columns);
  if (!near.empty()) detail += " Did you mean '" + near + "'?";
  return Fail(Errc::kInvalidArgument, std::move(detail),
              "what is not a column's name is written {value: …}");
}

}  // namespace

Result<Mapping> Mapping::Parse(const Value& given, const std::string& where) {
  if (!given.is_object()) {
    return Fail(Errc::kInvalidArgument, where + " is not an object of envelope members.");
  }
  Mapping mapping;
  for (const auto& [name, value] : given.members()) {
    if (name == "data") {
      if (!value.is_object()) {
        return Fail(Errc::kInvalidArgument, where + ".data is not an object of members.");
      }
      auto& data = mapping.data_.emplace();
      for (const auto& [member, source] : value.members()) {
        auto rule = ParseRule(source, where + ".data." + member);
        if (!rule) return rule.error();
        data.emplace_back(member, std::move(*rule));
      }
      continue;
    }
    auto rule = ParseRule(value, where + "." + name);
    if (!rule) return rule.error();
    if (auto set = mapping.Set(name, std::move(*rule)); !set) return set.error();
  }
  return mapping;
}

Status Mapping::Set(const std::string& attribute, Rule rule) {
  if (!IsAttributeName(attribute)) {
    return Fail(Errc::kInvalidArgument, "'" + attribute + "' is not an attribute of the envelope.",
                "those have lower-case letters and digits only; what happened goes into `data`");
  }
  rule.as = KindOf(attribute);
  std::erase_if(attributes_, [&](const auto& known) { return known.first == attribute; });
  attributes_.emplace_back(attribute, std::move(rule));
  return {};
}

bool Mapping::Has(std::string_view attribute) const {
  return std::ranges::any_of(attributes_, [&](const auto& a) { return a.first == attribute; });
}

Status Mapping::Check(const std::vector<std::string>& columns) const {
  const auto check = [&](const Rule& rule) -> Status {
    if (rule.column.empty() || std::ranges::find(columns, rule.column) != columns.end()) return {};
    return Missing(rule.column, columns);
  };
  for (const auto& [name, rule] : attributes_) {
    if (auto there = check(rule); !there) return there;
  }
  if (!data_) return {};
  for (const auto& [name, rule] : *data_) {
    if (auto there = check(rule); !there) return there;
  }
  return {};
}

Result<Value> Mapping::EventOf(const Value& row) const {
  auto event = Value::Object();
  for (const auto& [name, rule] : attributes_) {
    auto value = Apply(rule, row);
    if (!value) {
      value.error().detail = "'" + name + "': " + value.error().detail;
      return value.error();
    }
    if (*value) event.Append(name, std::move(**value));
  }
  auto data = Value::Object();
  if (!data_) {
    for (const auto& [column, cell] : row.members()) {
      const bool used = std::ranges::any_of(
          attributes_, [&](const auto& attribute) { return attribute.second.column == column; });
      if (!used) data.Append(column, cell);
    }
  } else {
    for (const auto& [name, rule] : *data_) {
      auto value = Apply(rule, row);
      if (!value) {
        value.error().detail = "'data." + name + "': " + value.error().detail;
        return value.error();
      }
      if (*value) data.Append(name, std::move(**value));
    }
  }
  if (!data.members().empty()) event.Append("data", std::move(data));
  return event;
}

}  // namespace notify::cli::history
