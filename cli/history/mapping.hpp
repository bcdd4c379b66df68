#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/value.hpp"
#include "common/result.hpp"

namespace notify::cli::history {

/// How one value is made of a row.
struct Rule {
  enum class As { kAsItIs, kText, kNumber, kBoolean, kJson, kTime };
  /// How times are written: RFC 3339; `2026-06-30 12:00:00.5+02` as databases print them, UTC where
  /// no zone is given; seconds or milliseconds since 1970.
  enum class TimeFormat { kRfc3339, kSql, kUnix, kUnixMs };

  std::string column;  ///< Empty: a constant.
  std::string constant;
  std::string prefix;  ///< Put before what the column holds.
  std::vector<std::pair<std::string, std::string>>
      values;                            ///< What stands for what; empty: itself.
  std::optional<std::string> otherwise;  ///< Where the column is empty.
  As as = As::kAsItIs;
  TimeFormat format = TimeFormat::kRfc3339;
};

/// Reads one rule: a column's name, or `{column|value, prefix, values, default, as, format}`.
/// kInvalidArgument with `where` in the detail.
Result<Rule> ParseRule(const Value& given, const std::string& where);

/// The value for a row, an object by column; nothing where the column is empty. kInvalidArgument:
/// what stands there is not what the rule makes of it.
Result<std::optional<Value>> Apply(const Rule& rule, const Value& row);

/// How rows of a table become events: which column is which attribute of the envelope, and which go
/// into `data`.
///
/// Threads: any, once made.
class Mapping {
 public:
  /// Of a mapping file's object: members of the envelope by their name, and `data` by member. Where
  /// `data` is missing, every column that is used nowhere goes into it under its name.
  /// kInvalidArgument with `where` in the detail.
  static Result<Mapping> Parse(const Value& given, const std::string& where);

  /// Sets one attribute, as a flag does.
  Status Set(const std::string& attribute, Rule rule);

  /// Whether the table has all columns that are asked for. kInvalidArgument names the nearest.
  Status Check(const std::vector<std::string>& columns) const;

  /// The event of a row. Errors as Apply, with the attribute in the detail.
  Result<Value> EventOf(const Value& row) const;

  bool Has(std::string_view attribute) const;

 private:
  std::vector<std::pair<std::string, Rule>> attributes_;
  std::optional<std::vector<std::pair<std::string, Rule>>> data_;
};

}  // namespace notify::cli::history
