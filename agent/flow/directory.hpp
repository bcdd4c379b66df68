#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/flow/roles.hpp"
#include "agent/flow/tenant_record.hpp"
#include "common/tenancy/resolve.hpp"

namespace notify::agent {

/// An API key that holds: what is known of it without the key itself.
struct ApiKeyRecord {
  std::string id;
  std::optional<TenantId> tenant;  ///< Nothing: a key of the platform.
  RoleSet roles;
  std::string digest;  ///< SHA-256 of the whole key, 32 bytes.
};

/// What a Directory is made of.
struct DirectoryContents {
  std::vector<std::shared_ptr<const TenantRecord>> tenants;
  std::vector<ApiKeyRecord> keys;  ///< Those that are not revoked.
  /// Users whose tokens were revoked, and until when: Unix ms. Older tokens are refused.
  std::map<TenantId, std::map<std::string, std::int64_t, std::less<>>> revoked;
};

/// All tenants, keys and revocations at one moment. A change makes another Directory. It names
/// tenants and proves nothing: data is reached through a TenantHandle.
///
/// Lifetime: immutable; shared by the threads that read it.
/// Threads:  any, without a lock.
class Directory final : public HostTable {
 public:
  Directory() = default;
  explicit Directory(DirectoryContents contents);
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// The tenant in any state; null where there is none.
  std::shared_ptr<const TenantRecord> Tenant(const TenantId& id) const;
  /// By the name itself, for a token that says one.
  std::shared_ptr<const TenantRecord> TenantNamed(std::string_view name) const;
  /// Who registered a whole host name, lower case.
  const TenantId* Find(std::string_view host) const override;
  /// The key with this SHA-256; null where there is none, or where its tenant is gone.
  const ApiKeyRecord* Key(std::string_view digest) const;
  /// Tokens of the user that were issued at or before this moment (Unix ms) are refused; 0: none.
  std::int64_t RevokedUntil(const TenantId& tenant, std::string_view user) const;

  /// At most `limit` tenants with an id above `after`, in order.
  std::vector<std::shared_ptr<const TenantRecord>> TenantsAfter(std::string_view after,
                                                                std::size_t limit) const;
  /// What it was made of, for the next one.
  const DirectoryContents& contents() const { return contents_; }
  /// In order of their ids.
  const std::vector<std::shared_ptr<const TenantRecord>>& tenants() const {
    return contents_.tenants;
  }

 private:
  DirectoryContents contents_;
  // Views of what contents_ holds.
  std::unordered_map<std::string_view, std::size_t> by_id_;
  std::unordered_map<std::string_view, const TenantId*> by_host_;
  std::unordered_map<std::string_view, const ApiKeyRecord*> by_digest_;
};

}  // namespace notify::agent
