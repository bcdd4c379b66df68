#pragma once

#include <cstdint>
#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::stream {

struct SnapshotPutOptions {
  Factory* factory = nullptr;
  std::string stream;
  std::string file;
  std::uint64_t version = 0;
  bool force = false;
  bool dry_run = false;
};

Command& AddSnapshotPut(Command& snapshot, Factory& factory, RunHook<SnapshotPutOptions> run);
/// Keeps the state of a stream at a version.
Status RunSnapshotPut(const SnapshotPutOptions& options);

}  // namespace notify::cli::stream
