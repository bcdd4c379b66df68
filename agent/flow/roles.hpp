#pragma once

#include <cstdint>

namespace notify::agent {

/// What a caller may be (contract 5). A caller may be several.
enum class Role : std::uint8_t { kSubscriber, kViewer, kPublisher, kTenantAdmin, kPlatformAdmin };

/// A set of roles.
///
/// Threads:  any, as a value.
class RoleSet {
 public:
  constexpr RoleSet() = default;
  constexpr RoleSet(Role role) : bits_(Bit(role)) {}  // NOLINT(google-explicit-constructor)

  constexpr bool Has(Role role) const { return (bits_ & Bit(role)) != 0; }
  constexpr void Add(Role role) { bits_ = static_cast<std::uint8_t>(bits_ | Bit(role)); }
  constexpr bool empty() const { return bits_ == 0; }
  /// Whether every role here is in `other` as well.
  constexpr bool IsSubsetOf(RoleSet other) const { return (bits_ & ~other.bits_) == 0; }
  constexpr bool operator==(const RoleSet&) const = default;

 private:
  static constexpr std::uint8_t Bit(Role role) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(role));
  }
  std::uint8_t bits_ = 0;
};

}  // namespace notify::agent
