#pragma once

#include <memory>

#include "cli/client/api_client.hpp"

namespace notify::cli::client {

/// Calls whose answers are waited for later: several are on their way on one connection, and the
/// agent takes and answers them in order. After an error, or an answer behind which the agent ends
/// the connection, it takes no more: what was not answered may or may not have been done.
///
/// Lifetime: one connection. Threads: one at a time.
class OrderedCalls {
 public:
  virtual ~OrderedCalls() = default;

  /// Sends a call. kAgentUnreachable and kTimeout where it cannot be written; an answer that came
  /// before, which says why, can still be taken.
  virtual Status Send(const Request& request) = 0;

  /// Waits for the answer to the oldest call: a 2xx answer's JSON, else the agent's Error.
  /// kAgentUnreachable and kTimeout where none comes, kInterrupted where `interrupt` (a descriptor,
  /// -1 for none) becomes readable first.
  virtual Result<Value> Next(int interrupt) = 0;

  /// Whether more can be sent.
  virtual bool open() const = 0;
};

}  // namespace notify::cli::client
