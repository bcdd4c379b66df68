#pragma once

#include <utility>
#include <vector>

#include "agent/flow/audit_sink.hpp"

namespace notify::testing_support {

/// Keeps what is recorded, for a test to look at.
class RecordingAudit final : public agent::AuditSink {
 public:
  void Record(const agent::TenantHandle& tenant, agent::AuditEntry entry) override {
    tenants.emplace_back(tenant.id(), std::move(entry));
  }
  void RecordPlatform(agent::AuditEntry entry) override { platform.push_back(std::move(entry)); }

  std::vector<std::pair<TenantId, agent::AuditEntry>> tenants;
  std::vector<agent::AuditEntry> platform;
};

}  // namespace notify::testing_support
