#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/async/file.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/store/database_copy.hpp"

namespace notify::agent::eventlog {

/// The files of a tenant's log as they were at one moment, for a copy of it. They stay readable
/// also where blocks are merged or removed meanwhile.
///
/// Lifetime: as the copying.
/// Threads:  the background executor.
struct LogFiles {
  struct Segment {
    std::string name;  ///< `00000001.seg`
    std::unique_ptr<async::File> file;
    std::uint64_t bytes = 0;  ///< Of them, those that the index knows of.
  };
  std::unique_ptr<store::DatabaseCopy> index;  ///< Of `index.db`; begun, to be stepped.
  std::vector<Segment> segments;
};

/// Opens them; the index is copied to `index_target`. Nothing of the tenant may be written while it
/// runs, which the background executor sees to.
Result<LogFiles> OpenLogFiles(async::FileSystem& files, const TenantHandle& tenant,
                              const std::string& index_target);

}  // namespace notify::agent::eventlog
