#pragma once

#include <memory>
#include <string>
#include <utility>

#include "agent/tenant/handle_issuer.hpp"
#include "tests/support/recording_audit.hpp"

namespace notify::testing_support {

/// A tenant of the name with keys of its own, whose folder is `folder` (not made here).
inline agent::TenantRecord TenantRecordOf(const std::string& name, std::string folder = {},
                                          std::uint64_t epoch = 1'782'820'800'000) {
  agent::TenantRecord record;
  record.id = TenantId::Parse(name).value();
  record.name = name;
  record.epoch = Epoch{epoch};
  record.created_ms = static_cast<std::int64_t>(epoch);
  record.folder = std::move(folder);
  std::string key = name;
  key.resize(32, 'k');
  record.data_key = Secret(key);
  record.key_id = 1;
  key.back() = 't';
  record.token_key = Secret(key);
  return record;
}

/// A handle to it, as the platform would have one.
inline agent::TenantHandle TenantHandleOf(agent::TenantRecord record) {
  RecordingAudit audit;
  return agent::tenant::HandleIssuer::ForPlatform(
      std::make_shared<const agent::TenantRecord>(std::move(record)), "test.open", audit);
}

/// A handle to a tenant that no directory knows, on a storage thread.
inline agent::TenantHandle TestTenant(const std::string& name, std::string folder = {},
                                      std::size_t storage = 0) {
  agent::TenantRecord record = TenantRecordOf(name, std::move(folder), 1000);
  record.storage = storage;
  return TenantHandleOf(std::move(record));
}

}  // namespace notify::testing_support
