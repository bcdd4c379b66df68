#include "common/signalr/messagepack_time.hpp"

#include <chrono>
#include <cstdint>

namespace notify::signalr::messagepack {
namespace {

using std::chrono::seconds;

struct Time {
  std::int64_t seconds = 0;  // since 1970
  std::uint64_t nanoseconds = 0;
};

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

std::optional<Time> Decode(std::string_view extension) {
  switch (extension.size()) {
    case 4:
      return Time{static_cast<std::int64_t>(BigEndian(extension)), 0};
    case 8: {  // 30 bits of nanoseconds, 34 of seconds
      const std::uint64_t both = BigEndian(extension);
      return Time{static_cast<std::int64_t>(both & 0x3FFFFFFFF), both >> 34};
    }
    case 12:
      return Time{static_cast<std::int64_t>(BigEndian(extension.substr(4))),
                  BigEndian(extension.substr(0, 4))};
    default:
      return std::nullopt;
  }
}

void AppendDigits(std::string& out, std::uint64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width - digits.size(), '0');
  out += digits;
}

}  // namespace

std::optional<std::string> FormatTime(std::string_view extension) {
  constexpr std::int64_t kYear0 = -62167219200;
  constexpr std::int64_t kYear10000 = 253402300800;
  const auto time = Decode(extension);
  if (!time || time->nanoseconds > 999999999) return std::nullopt;
  if (time->seconds < kYear0 || time->seconds >= kYear10000) return std::nullopt;
  const std::chrono::sys_seconds moment{seconds(time->seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(moment - day);
  std::string out;
  const auto append = [&out](auto value, std::size_t width, char after) {
    AppendDigits(out, static_cast<std::uint64_t>(value), width);
    out += after;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(clock.hours().count(), 2, ':');
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, '.');
  AppendDigits(out, time->nanoseconds, 9);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.back() == '.') out.pop_back();
  out += 'Z';
  return out;
}

}  // namespace notify::signalr::messagepack
