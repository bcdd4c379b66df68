#include "agent/ingress/rest/all_tenants.hpp"

#include <utility>

#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::ingress::rest {

std::vector<TenantHandle> TenantsOf(const Call& call, const tenant::DirectoryPublisher& directory) {
  std::vector<TenantHandle> handles;
  const auto snapshot = directory.OfIo(call.exchange.io_index()).Get();
  for (const auto& record : snapshot->tenants()) {
    auto handle = tenant::HandleIssuer::ForRequest(*snapshot, call.caller.principal, record->id);
    if (handle) handles.push_back(std::move(*handle));
  }
  return handles;
}

}  // namespace notify::agent::ingress::rest
