#pragma once

#include <cstdint>

#include "agent/async/file.hpp"
#include "agent/eventlog/segments/segment_index.hpp"

namespace notify::agent::eventlog {

/// Removes the tenant's segments in which nothing is alive, also what a write that failed or was
/// killed left behind; what is written next begins a new one where the newest goes. The bytes that
/// are free now. Whoever has such a file open still reads what it was.
/// Threads:  the background executor; nobody writes the tenant's segments meanwhile.
Result<std::uint64_t> RemoveDeadSegments(async::FileSystem& files, const TenantHandle& tenant,
                                         SegmentIndex& index);

}  // namespace notify::agent::eventlog
