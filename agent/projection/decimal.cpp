#include "agent/projection/decimal.hpp"

#include <algorithm>
#include <charconv>

namespace notify::agent::projection {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool Decimal::Fits(Units units) {
  constexpr Units kBound = [] {
    Units bound = 1;
    for (int digits = 0; digits < kMostDigits; ++digits) bound *= 10;
    return bound;
  }();
  return -kBound < units && units < kBound;
}

std::optional<Decimal::Units> Decimal::Scaled(Units units, int digits) {
  for (; digits > 0; --digits) {
    units *= 10;
    if (!Fits(units)) return std::nullopt;
  }
  return units;
}

std::optional<Decimal> Decimal::Parse(std::string_view number) {
  Decimal decimal;
  const bool negative = number.starts_with('-');
  if (negative) number.remove_prefix(1);
  bool point = false;
  bool digits = false;
  std::size_t at = 0;
  for (; at < number.size(); ++at) {
    const char c = number[at];
    if (c == '.' && !point) {
      point = true;
    } else if (IsDigit(c)) {
      digits = true;
      decimal.units_ = decimal.units_ * 10 + (c - '0');
      if (!Fits(decimal.units_)) return std::nullopt;
      if (point) ++decimal.scale_;
    } else {
      break;
    }
  }
  if (!digits) return std::nullopt;
  if (at < number.size()) {
    if (number[at] != 'e' && number[at] != 'E') return std::nullopt;
    number.remove_prefix(at + 1);
    if (number.starts_with('+')) number.remove_prefix(1);
    int exponent = 0;
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), exponent);
    if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
    // Zero is zero, however often it is shifted.
    if (decimal.units_ == 0) return Decimal();
    if (exponent > 2 * kMostDigits || exponent < -2 * kMostDigits) return std::nullopt;
    decimal.scale_ -= exponent;
  }
  if (decimal.scale_ < 0) {
    const auto scaled = Scaled(decimal.units_, -decimal.scale_);
    if (!scaled) return std::nullopt;
    decimal.units_ = *scaled;
    decimal.scale_ = 0;
  }
  while (decimal.scale_ > 0 && decimal.units_ % 10 == 0) {
    decimal.units_ /= 10;
    --decimal.scale_;
  }
  if (decimal.scale_ > kMostDigits) return std::nullopt;
  return negative ? decimal.Negated() : decimal;
}

std::optional<Decimal> Decimal::Plus(const Decimal& other) const {
  Decimal sum;
  sum.scale_ = std::max(scale_, other.scale_);
  const auto left = Scaled(units_, sum.scale_ - scale_);
  const auto right = Scaled(other.units_, sum.scale_ - other.scale_);
  // Two numbers of 34 digits add up to one of 35, far below what 128 bits hold.
  if (!left || !right || !Fits(*left + *right)) return std::nullopt;
  sum.units_ = *left + *right;
  return sum;
}

Decimal Decimal::Negated() const {
  Decimal negated = *this;
  negated.units_ = -units_;
  return negated;
}

std::partial_ordering Decimal::Compare(const Decimal& other) const {
  const int scale = std::max(scale_, other.scale_);
  const auto left = Scaled(units_, scale - scale_);
  const auto right = Scaled(other.units_, scale - other.scale_);
  if (left && right) return *left <=> *right;
  // Only the larger of the two can fail to fit: its sign decides.
  if (!left) return units_ <=> 0;
  return 0 <=> other.units_;
}

std::string Decimal::ToString() const {
  std::string digits;
  Units rest = units_ < 0 ? -units_ : units_;
  int behind = scale_;
  for (; behind > 0 && rest % 10 == 0; --behind) rest /= 10;
  for (int place = 0; rest != 0 || place <= behind; ++place) {
    if (place == behind && behind > 0) digits += '.';
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (units_ < 0) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

}  // namespace notify::agent::projection
