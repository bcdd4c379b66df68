#pragma once

#include <string>
#include <utility>

#include "agent/flow/audit_sink.hpp"
#include "agent/ingress/rest/call.hpp"

namespace notify::agent::ingress::rest {

/// The record of what a caller did or was refused, without its outcome; the call counts as audited.
AuditEntry EntryFor(Call& call, std::string action, std::string target);

/// Writes down what became of an operation that changes something: into the tenant's chain where
/// the call is one of a tenant, else into the platform's.
template <typename T>
void Note(AuditSink& audit, Call& call, std::string action, std::string target,
          const Result<T>& outcome) {
  AuditEntry entry = EntryFor(call, std::move(action), std::move(target));
  entry.result = outcome ? "granted" : "refused";
  if (!outcome) entry.code = Describe(outcome.error().code).name;
  if (call.caller.tenant) {
    audit.Record(*call.caller.tenant, std::move(entry));
  } else {
    audit.RecordPlatform(std::move(entry));
  }
}

}  // namespace notify::agent::ingress::rest
