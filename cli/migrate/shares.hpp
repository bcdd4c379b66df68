#pragma once

#include <set>
#include <string>

#include "cli/factory.hpp"
#include "cli/history/checkpoint.hpp"
#include "cli/interrupts.hpp"
#include "cli/migrate/split.hpp"

namespace notify::cli::migrate {

/// The tenants that the agent has. Errors: the agent's.
Result<std::set<std::string>> ExistingTenants(Factory& factory);

/// One that exists is success: another run was faster. Waits while that one is being created.
Status CreateTenant(Factory& factory, const Interrupts& interrupts, const std::string& tenant);

/// Imports the tenant's file of events from its checkpoint on; how far it came, also where it
/// failed. Errors as ImportRun.
struct Imported {
  history::Checkpoint checkpoint;
  Status status;
};
Result<Imported> ImportShare(Factory& factory, const Interrupts& interrupts,
                             const std::string& folder, const std::string& content,
                             const std::string& tenant, bool stop_on_error);

/// Whether all that the tenant was to get is in its log: each line was answered, and the agent
/// counts no fewer events of each type. Where the agent does not count, the answers alone decide.
Result<bool> Verify(Factory& factory, const std::string& tenant, const Share& share,
                    const history::Checkpoint& checkpoint);

}  // namespace notify::cli::migrate
