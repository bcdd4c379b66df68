#include "agent/flow/tenant_record.hpp"

#include <algorithm>

namespace notify::agent {

std::string_view TenantStateName(TenantState state) {
  switch (state) {
    case TenantState::kCreating:
      return "creating";
    case TenantState::kActive:
      return "active";
    case TenantState::kSuspended:
      return "suspended";
    case TenantState::kDeleting:
      return "deleting";
  }
  return "active";
}

bool MatchesType(std::string_view type, const std::vector<std::string>& patterns) {
  return std::ranges::any_of(patterns, [type](std::string_view pattern) {
    if (pattern == "*") return true;
    if (pattern.ends_with(".*")) return type.starts_with(pattern.substr(0, pattern.size() - 1));
    return type == pattern;
  });
}

}  // namespace notify::agent
