#pragma once

#include <string>
#include <vector>

#include "cli/factory.hpp"

namespace notify::cli::top_level {

/// The tenants that a benchmark spreads its load over.
struct BenchTenants {
  std::vector<std::string> ids;  ///< Empty: the one of the command line.
  bool made = false;             ///< For this run only.
};

/// Makes `count` tenants: below `prefix` they may be there and stay, without one they are new and
/// for this run. None for a count of 0. kUsage for a prefix that makes no tenant ids; else the
/// agent's errors, and what was made is removed again.
Result<BenchTenants> MakeBenchTenants(Factory& factory, std::int64_t count,
                                      const std::string& prefix);

/// Removes those that were made for this run. The first error; the others are removed all the same.
Status RemoveBenchTenants(Factory& factory, const BenchTenants& tenants);

}  // namespace notify::cli::top_level
