#pragma once

#include <memory>
#include <string>
#include <utility>

#include "agent/flow/tenant_handle.hpp"

namespace notify::agent::tenant {

/// Stands in for the product's issuer in tests that do not link agent/tenant.
class HandleIssuer {
 public:
  static TenantHandle Issue(TenantRecord record) {
    return TenantHandle(std::make_shared<const TenantRecord>(std::move(record)));
  }
};

}  // namespace notify::agent::tenant

namespace notify::testing_support {

/// A handle of a tenant that no directory knows, with a data key of its own.
inline agent::TenantHandle TestTenant(const std::string& id, std::string folder = {}) {
  agent::TenantRecord record;
  record.id = TenantId::Parse(id).value();
  record.epoch = Epoch{1000};
  record.folder = std::move(folder);
  record.data_key = Secret(std::string(32, id.front()));
  return agent::tenant::HandleIssuer::Issue(std::move(record));
}

}  // namespace notify::testing_support
