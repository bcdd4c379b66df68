#include "common/units.hpp"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

namespace notify {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first: formatting takes the first that fits, and parsing demands this order.
constexpr std::array kDurationUnits = {Unit{"d", 86'400'000'000'000},
                                       Unit{"h", 3'600'000'000'000},
                                       Unit{"m", 60'000'000'000},
                                       Unit{"s", 1'000'000'000},
                                       Unit{"ms", 1'000'000},
                                       Unit{"us", 1'000},
                                       Unit{"ns", 1}};

constexpr std::array kSizeUnits = {Unit{"TiB", 1ULL << 40}, Unit{"GiB", 1ULL << 30},
                                   Unit{"MiB", 1ULL << 20}, Unit{"KiB", 1ULL << 10}, Unit{"B", 1}};

constexpr std::array kDecimalSizeUnits = {Unit{"TB", 1'000'000'000'000},
                                          Unit{"GB", 1'000'000'000},
                                          Unit{"MB", 1'000'000},
                                          Unit{"KB", 1'000},
                                          Unit{"kB", 1'000},
                                          Unit{"", 1}};

constexpr std::uint64_t kMaxDuration = 36'525ULL * 86'400'000'000'000ULL;
constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();

std::optional<std::uint64_t> TakeNumber(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end == text.data()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view TakeUnit(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && (text[size] < '0' || text[size] > '9')) ++size;
  const auto unit = text.substr(0, size);
  text.remove_prefix(size);
  return unit;
}

Error NotADuration(std::string_view text) {
  return Fail(Errc::kInvalidArgument, "'" + std::string(text.substr(0, 64)) +
                                          "' is not a duration; write numbers with units, as in "
                                          "500ms, 15s, 1h30m or 7d.");
}

Error NotASize(std::string_view text) {
  return Fail(Errc::kInvalidArgument,
              "'" + std::string(text.substr(0, 64)) +
                  "' is not a size; write a number of bytes with a unit, as in 256KiB or 8MiB.");
}

}  // namespace

Result<std::chrono::nanoseconds> ParseDuration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds(0);
  std::uint64_t total = 0;
  std::size_t next_unit = 0;
  auto rest = text;
  do {
    const auto number = TakeNumber(rest);
    const auto name = TakeUnit(rest);
    std::size_t unit = next_unit;
    while (unit < kDurationUnits.size() && kDurationUnits[unit].name != name) ++unit;
    if (!number || unit == kDurationUnits.size()) return NotADuration(text);
    if (*number > (kMaxDuration - total) / kDurationUnits[unit].factor) return NotADuration(text);
    total += *number * kDurationUnits[unit].factor;
    next_unit = unit + 1;
  } while (!rest.empty());
  return std::chrono::nanoseconds(static_cast<std::int64_t>(total));
}

std::string FormatDuration(std::chrono::nanoseconds value) {
  auto rest = static_cast<std::uint64_t>(value.count());
  if (rest == 0) return "0s";
  std::string text;
  for (const auto& unit : kDurationUnits) {
    // `24h` and `36h` as people write them: days only where there are several and nothing is left.
    if (unit.name == "d" && (rest % unit.factor != 0 || rest < 2 * unit.factor)) continue;
    const auto count = rest / unit.factor;
    if (count == 0) continue;
    text += std::to_string(count);
    text += unit.name;
    rest %= unit.factor;
  }
  return text;
}

Result<std::uint64_t> ParseSize(std::string_view text) {
  auto rest = text;
  const auto number = TakeNumber(rest);
  if (!number) return NotASize(text);
  for (const auto& units :
       {std::span<const Unit>(kSizeUnits), std::span<const Unit>(kDecimalSizeUnits)}) {
    for (const auto& unit : units) {
      if (unit.name != rest) continue;
      if (*number > kMaxSize / unit.factor) return NotASize(text);
      return *number * unit.factor;
    }
  }
  return NotASize(text);
}

std::string FormatSize(std::uint64_t bytes) {
  for (const auto& unit : kSizeUnits) {
    if (bytes >= unit.factor && bytes % unit.factor == 0) {
      return std::to_string(bytes / unit.factor) + std::string(unit.name);
    }
  }
  return "0B";
}

}  // namespace notify
