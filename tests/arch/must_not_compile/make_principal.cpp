// expect: is private within this context
#include "agent/flow/principal.hpp"

// Only authentication says who asks.
notify::agent::Principal Forge(const notify::agent::Principal& given) {
#ifdef MUST_NOT_COMPILE
  notify::agent::Principal forged;
  return forged;
#else
  return given;
#endif
}
