#include "common/model/rfc3339.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace notify {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

struct Parsed {
  year_month_day date;
  std::int64_t seconds_of_day = 0;
  std::int64_t nanoseconds = 0;
  std::int64_t offset_minutes = 0;
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// `count` digits at `at` as a number; -1 where they are not digits.
int Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool ParseOffset(std::string_view text, Parsed& parsed) {
  if (text == "Z" || text == "z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return false;
  const int hours = Digits(text, 1, 2);
  const int minutes = Digits(text, 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
  parsed.offset_minutes = (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  return true;
}

std::optional<Parsed> Parse(std::string_view text) {
  if (text.size() < 20 || text.size() > 40 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const int year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  const int hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  Parsed parsed;
  parsed.date = std::chrono::year(year) / month / day;
  if (!parsed.date.ok()) return std::nullopt;
  parsed.seconds_of_day = hour * 3600 + minute * 60 + second;
  std::size_t at = 19;
  if (text[at] == '.') {
    std::int64_t scale = 100'000'000;
    const std::size_t first = ++at;
    for (; at < text.size() && IsDigit(text[at]); ++at, scale /= 10) {
      parsed.nanoseconds += (text[at] - '0') * scale;
    }
    if (at == first) return std::nullopt;
  }
  if (!ParseOffset(text.substr(at), parsed)) return std::nullopt;
  return parsed;
}

}  // namespace

bool IsRfc3339(std::string_view text) { return Parse(text).has_value(); }

std::optional<Clock::WallTime> ParseRfc3339(std::string_view text) {
  const auto parsed = Parse(text);
  if (!parsed) return std::nullopt;
  // A nanosecond clock of 64 bits ends in 2262; what lies outside is no moment of ours.
  if (parsed->date.year() < std::chrono::year(1700) ||
      parsed->date.year() > std::chrono::year(2250)) {
    return std::nullopt;
  }
  return Clock::WallTime(sys_days(parsed->date)) + std::chrono::seconds(parsed->seconds_of_day) -
         std::chrono::minutes(parsed->offset_minutes) +
         std::chrono::nanoseconds(parsed->nanoseconds);
}

void AppendRfc3339(std::string& out, std::int64_t unix_ms) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(unix_ms)};
  const auto day = std::chrono::floor<days>(time);
  const year_month_day date(day);
  const auto ms = (time - day).count();
  // Written in one piece: readers of history spend a good part of their time here.
  constexpr std::string_view kPattern = "0000-00-00T00:00:00.000Z";
  std::array<char, 24> text{};
  std::ranges::copy(kPattern, text.begin());
  const auto digits = [&text](std::size_t begin, std::int64_t value, std::size_t count) {
    for (std::size_t i = begin + count; i > begin; value /= 10) {
      text.at(--i) = static_cast<char>('0' + value % 10);
    }
  };
  digits(0, static_cast<int>(date.year()), 4);
  digits(5, static_cast<unsigned>(date.month()), 2);
  digits(8, static_cast<unsigned>(date.day()), 2);
  digits(11, ms / 3'600'000, 2);
  digits(14, ms / 60'000 % 60, 2);
  digits(17, ms / 1'000 % 60, 2);
  digits(20, ms % 1'000, 3);
  out.append(text.data(), text.size());
}

std::string FormatRfc3339(Clock::WallTime time) {
  std::string out;
  AppendRfc3339(out,
                std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
  return out;
}

}  // namespace notify
