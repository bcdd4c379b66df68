// expect: is private within this context
#include "agent/flow/tenant_handle.hpp"

// A handle is a proof: only tenant resolution makes one.
notify::agent::TenantHandle Forge(std::shared_ptr<const notify::agent::TenantRecord> record,
                                  const notify::agent::TenantHandle& given) {
#ifdef MUST_NOT_COMPILE
  return notify::agent::TenantHandle(record);
#else
  static_cast<void>(record);
  return given;
#endif
}
