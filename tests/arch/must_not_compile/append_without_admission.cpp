// expect: could not convert|no matching function|cannot convert
#include "agent/eventlog/event_log.hpp"

using notify::agent::Admission;
using notify::agent::TenantHandle;
using notify::agent::eventlog::EventLog;
using notify::agent::eventlog::SealedBatch;

// What skipped the quota cannot reach the log.
auto Append(EventLog& log, TenantHandle tenant, Admission admission, SealedBatch batch) {
#ifdef MUST_NOT_COMPILE
  static_cast<void>(admission);
  return log.Append(tenant, std::move(batch));
#else
  return log.Append(tenant, std::move(admission), std::move(batch));
#endif
}
