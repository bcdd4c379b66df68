#pragma once

#include <cstdint>
#include <string>

#include "agent/flow/tenant_handle.hpp"

namespace notify::agent {

/// Something that somebody did or was refused (contract 5, Audit).
struct AuditEntry {
  std::string actor;
  std::string role;
  std::string tenant;  ///< The proven tenant, for the record; empty where none is.
  std::string action;  ///< `noun.verb`, as in `tenant.create`, `hub.join`, `http.request`.
  std::string target;
  std::string result;  ///< `granted` or `refused`.
  std::string code;    ///< The error's code; empty where granted.
  std::string address;
  std::string correlation_id;
  std::int64_t times = 1;  ///< How often it happened, where several are told of together.
  bool counted = false;    ///< Equal ones become one record, as refusals do: it may happen often.
};

/// Takes audit records. Equal refusals within 10 s become one record with a count, and so do
/// entries that are `counted`.
///
/// Lifetime: as the agent.
/// Threads:  any; never blocks.
class AuditSink {
 public:
  virtual ~AuditSink() = default;
  /// Into the tenant's own chain.
  virtual void Record(const TenantHandle& tenant, AuditEntry entry) = 0;
  /// Into the platform's chain: its own actions, and refusals without a proven tenant.
  virtual void RecordPlatform(AuditEntry entry) = 0;
};

}  // namespace notify::agent
