// expect: no match for .operator<<.
#include <iostream>

#include "common/secret.hpp"

// A secret cannot reach a log by accident: printing one is not an expression.
void Print(const notify::Secret& secret) {
#ifdef MUST_NOT_COMPILE
  std::clog << secret;
#else
  std::clog << secret.empty();
#endif
}
