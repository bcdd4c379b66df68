#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/result.hpp"

namespace notify {

/// A tenant's name: `[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?`, a DNS label (contract 1).
/// A name, never a right: data is reached through a TenantHandle only.
class TenantId {
 public:
  TenantId() = default;

  /// kTenantInvalid where `text` is outside the grammar. Reserved names parse: whether one may be
  /// created is the registry's question.
  static Result<TenantId> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  auto operator<=>(const TenantId&) const = default;

 private:
  explicit TenantId(std::string_view text) : text_(text) {}
  std::string text_;
};

/// Whether a name is kept for the product: platform, default, system, admin, api, www, t.
bool IsReservedTenantName(std::string_view text);

/// Which log of a tenant: the Unix time in milliseconds at which it began. 0 means "the log that is
/// there now".
struct Epoch {
  std::uint64_t value = 0;
  auto operator<=>(const Epoch&) const = default;
};

/// The number of an event within its log, from 1 without gaps. 0 is before the first event.
struct Sequence {
  std::uint64_t value = 0;
  auto operator<=>(const Sequence&) const = default;
};

/// The last event seen: delivery starts with the next one (contract 3). Text form `E-N`.
struct Position {
  Epoch epoch;
  Sequence sequence;
  auto operator<=>(const Position&) const = default;

  std::string ToString() const;
  /// Accepts `E-N` and, for the log that is there now, `N`. kInvalidArgument otherwise.
  static Result<Position> Parse(std::string_view text);
};

/// A UUIDv7 (RFC 9562 5.7): 48 bits of Unix milliseconds, then random bits; lower-case text.
std::string NewUuid7(const Clock& clock, Random& random);

/// Many UUIDv7 of one moment: the clock is read and randomness drawn once for many of them.
///
/// Lifetime: within that of its randomness.
/// Threads:  one at a time.
class Uuid7Batch {
 public:
  explicit Uuid7Batch(Random& random) : random_(random) {}

  /// The moment of the ids that follow.
  void At(Clock::WallTime now);

  /// The next id; good until the one after it.
  std::string_view Next();

 private:
  static constexpr std::size_t kDrawn = 64;

  Random& random_;
  std::uint64_t ms_ = 0;
  std::size_t used_ = kDrawn;
  std::array<unsigned char, kDrawn * 10> drawn_{};
  std::array<char, 36> text_{};
};

/// A UUIDv5 (RFC 9562 5.5) of `name` in this product's own namespace: the same name gives the same
/// id, so that deriving an event twice is a duplicate.
std::string DerivedUuid(std::string_view name);

}  // namespace notify

template <>
struct std::hash<notify::TenantId> {
  std::size_t operator()(const notify::TenantId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
