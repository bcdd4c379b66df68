#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "cli/history/mapping.hpp"
#include "cli/nearest.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::cli::history {
namespace {

template <typename T>
struct Word {
  std::string_view name;
  T value;
};

constexpr std::array<Word<Rule::As>, 4> kKinds = {{{"text", Rule::As::kText},
                                                   {"number", Rule::As::kNumber},
                                                   {"boolean", Rule::As::kBoolean},
                                                   {"json", Rule::As::kJson}}};
constexpr std::array<Word<Rule::TimeFormat>, 4> kFormats = {
    {{"rfc3339", Rule::TimeFormat::kRfc3339},
     {"sql", Rule::TimeFormat::kSql},
     {"unix", Rule::TimeFormat::kUnix},
     {"unix_ms", Rule::TimeFormat::kUnixMs}}};

template <typename T, std::size_t N>
Status ReadWord(const std::array<Word<T>, N>& words, const std::string& given,
                const std::string& where, T& into) {
  std::string known;
  for (const auto& word : words) {
    if (word.name == given) {
      into = word.value;
      return {};
    }
    known += (known.empty() ? "" : ", ") + std::string(word.name);
  }
  return Fail(Errc::kInvalidArgument, where + ": '" + given + "' is none of " + known + ".");
}

Status ReadMember(Rule& rule, const std::string& key, const Value& value,
                  const std::string& where) {
  if (key == "as") {
    if (value.Text() == "time") {
      rule.as = Rule::As::kTime;
      return {};
    }
    return ReadWord(kKinds, value.Text(), where + ".as", rule.as);
  }
  if (key == "format") return ReadWord(kFormats, value.Text(), where + ".format", rule.format);
  if (key == "values") {
    if (!value.is_object()) {
      return Fail(Errc::kInvalidArgument, where + ".values is not an object.");
    }
    for (const auto& [from, to] : value.members()) rule.values.emplace_back(from, to.Text());
    return {};
  }
  if (key == "column") rule.column = value.Text();
  if (key == "value") rule.constant = value.Text();
  if (key == "prefix") rule.prefix = value.Text();
  if (key == "default") rule.otherwise = value.Text();
  return {};
}

Error Not(const std::string& text, std::string_view what) {
  return Fail(Errc::kInvalidArgument,
              "'" + text.substr(0, 64) + "' is not " + std::string(what) + ".");
}

Result<Value> AsTime(const std::string& text, Rule::TimeFormat format) {
  using std::chrono::milliseconds;
  if (format == Rule::TimeFormat::kRfc3339) {
    if (IsRfc3339(text)) return Value(text);
    return Not(text, "an RFC 3339 time; `format: sql`, `unix` or `unix_ms` read others");
  }
  if (format == Rule::TimeFormat::kSql) {
    // 2026-06-30 12:00:00.5+02 as RFC 3339 writes it: a T, a zone with minutes, UTC where none is.
    std::string time = text;
    constexpr std::size_t kDate = 10;
    if (time.size() > kDate && time[kDate] == ' ') time[kDate] = 'T';
    const auto zone = time.find_first_of("+-Zz", kDate);
    if (time.size() == kDate) time += "T00:00:00";
    if (zone == std::string::npos) {
      time += 'Z';
    } else if (time.size() - zone == 3) {
      time += ":00";
    } else if (time.size() - zone == 5) {
      time.insert(zone + 3, ":");
    }
    if (IsRfc3339(time)) return Value(time);
    return Not(text, "a time such as 2026-06-30 12:00:00");
  }
  double number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  constexpr double kMost = 9e15;  // Milliseconds that fit a double without loss.
  const double ms = format == Rule::TimeFormat::kUnix ? number * 1000 : number;
  constexpr double kYear2200 = 7'258'118'400'000;
  if (ec != std::errc{} || end != text.data() + text.size() || !(ms > -kMost && ms < kYear2200)) {
    return Not(text, "a number of seconds or milliseconds since 1970");
  }
  std::string time;
  AppendRfc3339(time, static_cast<std::int64_t>(ms));
  return Value(time);
}

Result<Value> AsBoolean(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  for (const auto* word : {"true", "t", "yes", "1"}) {
    if (text == word) return Value(true);
  }
  for (const auto* word : {"false", "f", "no", "0"}) {
    if (text == word) return Value(false);
  }
  return Not(text, "true or false");
}

Result<Value> Make(const Rule& rule, const std::string& text) {
  switch (rule.as) {
    case Rule::As::kAsItIs:
    case Rule::As::kText:
      return Value(text);
    case Rule::As::kNumber: {
      auto number = Value::Parse(text);
      if (!number || number->kind() != Value::Kind::kNumber) return Not(text, "a number");
      return number;
    }
    case Rule::As::kBoolean:
      return AsBoolean(text);
    case Rule::As::kJson: {
      auto json = Value::Parse(text);
      if (!json) return Not(text, "JSON");
      return json;
    }
    case Rule::As::kTime:
      return AsTime(text, rule.format);
  }
  return Value();
}

}  // namespace

Result<Rule> ParseRule(const Value& given, const std::string& where) {
  Rule rule;
  if (!given.is_object()) {
    rule.column = given.Text();
    if (rule.column.empty() || given.is_array()) {
      return Fail(Errc::kInvalidArgument, where + " is neither a column's name nor an object.");
    }
    return rule;
  }
  const std::vector<std::string> known = {"column",  "value", "prefix", "values",
                                          "default", "as",    "format"};
  for (const auto& [key, value] : given.members()) {
    if (std::ranges::find(known, key) == known.end()) {
      std::string detail = where + ": there is no '" + key + "' in a rule.";
      const auto near = Nearest(key, known);
      if (!near.empty()) detail += " Did you mean '" + near + "'?";
      return Fail(Errc::kInvalidArgument, std::move(detail));
    }
    if (auto read = ReadMember(rule, key, value, where); !read) return read.error();
  }
  if ((given.Find("column") == nullptr) == (given.Find("value") == nullptr)) {
    return Fail(Errc::kInvalidArgument, where + " needs either `column` or `value`.");
  }
  return rule;
}

Result<std::optional<Value>> Apply(const Rule& rule, const Value& row) {
  if (rule.column.empty()) {
    auto made = Make(rule, rule.constant);
    if (!made) return made.error();
    return std::optional(std::move(*made));
  }
  const Value* cell = row.Find(rule.column);
  std::string text = cell == nullptr ? std::string() : cell->Text();
  if (text.empty()) {
    if (!rule.otherwise) return std::optional<Value>();
    text = *rule.otherwise;
    cell = nullptr;
  }
  const bool untouched = rule.as == Rule::As::kAsItIs && rule.values.empty() && rule.prefix.empty();
  if (cell != nullptr && untouched) return std::optional(*cell);
  if (!rule.values.empty()) {
    const auto found = std::ranges::find(rule.values, text, [](const auto& v) { return v.first; });
    if (found == rule.values.end()) {
      return Fail(Errc::kInvalidArgument,
                  "'" + text.substr(0, 64) + "' is none of the `values` of '" + rule.column + "'.");
    }
    text = found->second;
  }
  auto made = Make(rule, rule.prefix + text);
  if (!made) return made.error();
  return std::optional(std::move(*made));
}

}  // namespace notify::cli::history
