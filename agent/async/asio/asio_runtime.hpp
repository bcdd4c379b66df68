#pragma once

#include <cstddef>
#include <memory>

#include "agent/async/runtime.hpp"

namespace notify::agent::async {

/// How many threads the real runtime has.
struct ThreadCounts {
  std::size_t io = 1;
  std::size_t storage = 1;
};

/// The real runtime, on Asio and the system. Threads run from here on and are joined by the
/// destructor, after the agent has stopped and nothing is posted any more; timers that still wait
/// do not ring.
std::unique_ptr<Runtime> MakeAsioRuntime(ThreadCounts counts);

}  // namespace notify::agent::async
