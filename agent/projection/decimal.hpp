#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace notify::agent::projection {

/// A decimal number of at most 34 digits, exact: 0.1 and 0.2 are 0.3, as money must be.
///
/// Lifetime: a value type.
/// Threads:  like an int.
class Decimal {
 public:
  Decimal() = default;

  /// Reads a JSON number (RFC 8259 6), also with an exponent. Nothing where it is none, or has more
  /// than 34 digits before and behind the point together.
  static std::optional<Decimal> Parse(std::string_view number);

  /// Nothing where the sum has more than 34 digits.
  std::optional<Decimal> Plus(const Decimal& other) const;
  Decimal Negated() const;
  /// As numbers: 1.0 and 1 are equal.
  std::partial_ordering Compare(const Decimal& other) const;

  /// A JSON number without an exponent or zeros that say nothing: `13`, `-0.25`.
  std::string ToString() const;

 private:
  __extension__ typedef __int128 Units;
  static constexpr int kMostDigits = 34;

  static bool Fits(Units units);
  /// `units` with `digits` more zeros behind them; nothing where they do not fit.
  static std::optional<Units> Scaled(Units units, int digits);

  Units units_ = 0;
  int scale_ = 0;  // Digits behind the point.
};

}  // namespace notify::agent::projection
