#include "agent/flow/roles.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace notify::agent {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"subscriber", "viewer", "publisher",
                                                    "tenant-admin", "platform-admin"};

}  // namespace

std::string_view RoleName(Role role) { return kNames.at(static_cast<std::size_t>(role)); }

std::optional<Role> RoleFromName(std::string_view word) {
  const auto* const name = std::ranges::find(kNames, word);
  if (name == kNames.end()) return std::nullopt;
  return static_cast<Role>(name - kNames.begin());
}

}  // namespace notify::agent
