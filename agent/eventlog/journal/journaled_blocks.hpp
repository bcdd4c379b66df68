#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/eventlog/journal/journal.hpp"
#include "agent/flow/tenant_handle.hpp"

namespace notify::agent::eventlog {

/// A block that is in the journal and not yet in its tenant's segments.
struct JournaledBlock {
  Sequence first;
  Sequence last;
  std::int64_t recorded_ms = 0;
  BlockPlace place;
};

/// Blocks of one tenant in one journal, in order: for those who read them.
struct JournaledBlocks {
  std::string base;  ///< Journal::Options::base.
  std::vector<JournaledBlock> blocks;
};

/// A generation that is to be moved into the tenants' segments.
struct FullGeneration {
  std::string base;
  std::uint64_t generation = 0;
  struct Tenant {
    TenantHandle tenant;
    std::vector<JournaledBlock> blocks;
  };
  std::vector<Tenant> tenants;
};

}  // namespace notify::agent::eventlog
