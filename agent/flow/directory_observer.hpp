#pragma once

#include <memory>

#include "agent/async/task.hpp"
#include "agent/flow/directory.hpp"

namespace notify::agent {

/// Keeps something beside the directory: gates with the limits of each tenant.
///
/// Lifetime: as the agent.
/// Threads:  called on the platform executor.
class DirectoryObserver {
 public:
  virtual ~DirectoryObserver() = default;
  /// Called before any thread reads `next`; it is published when this returns.
  virtual async::Task<void> Prepare(std::shared_ptr<const Directory> next) = 0;
};

}  // namespace notify::agent
