#pragma once

#include <vector>

#include "agent/ingress/rest/call.hpp"
#include "agent/tenant/directory_publisher.hpp"

namespace notify::agent::ingress::rest {

/// Handles to every tenant that the caller may act for: all of them for a platform-admin.
std::vector<TenantHandle> TenantsOf(const Call& call, const tenant::DirectoryPublisher& directory);

}  // namespace notify::agent::ingress::rest
