#pragma once

#include <string>

#include "common/log.hpp"

namespace notify::agent::async {

/// Whose request is being served: for logs, metrics and traces (E4.F3.C1.R1). Never used to find
/// data, which takes an explicit TenantHandle.
///
/// Lifetime: owned by the frame that serves the request, see `WithContext` in task.hpp.
/// Threads:  `Current()` follows the coroutine over every hop: each resume sets it, each suspension
///           leaves the thread without one.
struct TenantContext {
  std::string tenant;
  std::string correlation_id;
  std::string traceparent;  ///< W3C Trace Context header, as received or begun here.
  log::Fields log_fields;   ///< What every line of the log says about the request.

  /// Says whose request it is, once that is known, and in the log from here on.
  void Name(std::string tenant_id);

  /// The context of the coroutine that this thread runs now; nullptr outside any request.
  static const TenantContext* Current();
};

namespace internal {
/// Sets what Current() answers on this thread and returns what it was.
const TenantContext* SwapCurrentContext(const TenantContext* context);
}  // namespace internal

}  // namespace notify::agent::async
