#include "agent/flow/directory.hpp"

#include <algorithm>
#include <utility>

namespace notify::agent {

Directory::Directory(DirectoryContents contents) : contents_(std::move(contents)) {
  std::ranges::sort(contents_.tenants, {}, [](const auto& tenant) { return tenant->id; });
  for (std::size_t i = 0; i < contents_.tenants.size(); ++i) {
    const TenantRecord& tenant = *contents_.tenants[i];
    by_id_.emplace(tenant.id.text(), i);
    for (const std::string& host : tenant.hosts) by_host_.emplace(host, &tenant.id);
  }
  for (const ApiKeyRecord& key : contents_.keys) {
    if (key.tenant && !by_id_.contains(key.tenant->text())) continue;
    by_digest_.emplace(key.digest, &key);
  }
}

std::shared_ptr<const TenantRecord> Directory::Tenant(const TenantId& id) const {
  return TenantNamed(id.text());
}

std::shared_ptr<const TenantRecord> Directory::TenantNamed(std::string_view name) const {
  const auto found = by_id_.find(name);
  return found == by_id_.end() ? nullptr : contents_.tenants[found->second];
}

std::vector<std::shared_ptr<const TenantRecord>> Directory::TenantsAfter(std::string_view after,
                                                                         std::size_t limit) const {
  const auto begin = std::ranges::upper_bound(contents_.tenants, after, {}, [](const auto& tenant) {
    return std::string_view(tenant->id.text());
  });
  const auto left = static_cast<std::size_t>(contents_.tenants.end() - begin);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(left, limit))};
}

const TenantId* Directory::Find(std::string_view host) const {
  const auto found = by_host_.find(host);
  return found == by_host_.end() ? nullptr : found->second;
}

const ApiKeyRecord* Directory::Key(std::string_view digest) const {
  const auto found = by_digest_.find(digest);
  return found == by_digest_.end() ? nullptr : found->second;
}

std::int64_t Directory::RevokedUntil(const TenantId& tenant, std::string_view user) const {
  const auto users = contents_.revoked.find(tenant);
  if (users == contents_.revoked.end()) return 0;
  const auto found = users->second.find(user);
  return found == users->second.end() ? 0 : found->second;
}

}  // namespace notify::agent
