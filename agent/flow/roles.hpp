#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace notify::agent {

/// What a caller may be (contract 5). A caller may be several.
enum class Role : std::uint8_t { kSubscriber, kViewer, kPublisher, kTenantAdmin, kPlatformAdmin };

/// `subscriber`, `viewer`, `publisher`, `tenant-admin`, `platform-admin`. Threads: any.
std::string_view RoleName(Role role);
/// Nothing where the word names no role. Threads: any.
std::optional<Role> RoleFromName(std::string_view word);

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
  /// The roles that are in both.
  constexpr RoleSet And(RoleSet other) const {
    other.bits_ = static_cast<std::uint8_t>(other.bits_ & bits_);
    return other;
  }
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
