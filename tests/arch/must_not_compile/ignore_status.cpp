// expect: ignoring returned value .*nodiscard
#include "common/result.hpp"

// A failure cannot be dropped: the caller looks at each Result.
notify::Status Append();

bool Caller() {
#ifdef MUST_NOT_COMPILE
  Append();
  return true;
#else
  return Append().has_value();
#endif
}
