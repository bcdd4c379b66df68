#pragma once

#include <string>

#include "agent/flow/audit_sink.hpp"
#include "agent/hub/client_observer.hpp"

namespace notify::agent::app {

/// Records connections and event streams as they come and go: `connection.open`,
/// `connection.close`. Equal ones within 10 s are one record with a count, so that clients that
/// come again and again do not flood the chain; which they are `connection list` says.
///
/// Lifetime: as the hub.
/// Threads:  the shards'.
class ConnectionAudit final : public hub::ClientObserver {
 public:
  /// `audit` outlives it.
  explicit ConnectionAudit(AuditSink& audit) : audit_(audit) {}

  void Entered(const hub::ClientPtr& client) override { Record(*client, "connection.open"); }
  void Leaving(const hub::ClientPtr& client) override { Record(*client, "connection.close"); }

 private:
  void Record(const hub::Client& client, std::string action);

  AuditSink& audit_;
};

}  // namespace notify::agent::app
