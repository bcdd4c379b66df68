// expect: is private within this context|no matching function
#include "common/ids.hpp"

// Text becomes a tenant id only through the grammar.
notify::Result<notify::TenantId> Name(std::string_view text) {
#ifdef MUST_NOT_COMPILE
  return notify::TenantId(text);
#else
  return notify::TenantId::Parse(text);
#endif
}
