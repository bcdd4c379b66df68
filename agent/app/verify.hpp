#pragma once

#include "agent/async/runtime.hpp"
#include "common/config/load.hpp"

namespace notify::agent::app {

/// What a look at all logs of a data folder found.
struct Verified {
  std::size_t tenants = 0;
  std::size_t damaged = 0;  ///< Tenants with a part that is not readable.
};

/// `notifyd --verify`: opens the folder as a start does, without serving anybody, and proves every
/// block and run of keys of every tenant; a line on standard output for each. Errors as a start's.
/// Threads:  the platform executor.
async::Task<Result<Verified>> VerifyFolder(async::Runtime& runtime, const AgentConfig& config,
                                           std::uint32_t own_uid);

}  // namespace notify::agent::app
