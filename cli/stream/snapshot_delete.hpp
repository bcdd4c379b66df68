#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::stream {

struct SnapshotDeleteOptions {
  Factory* factory = nullptr;
  std::string stream;
  bool yes = false;
  bool dry_run = false;
};

Command& AddSnapshotDelete(Command& snapshot, Factory& factory, RunHook<SnapshotDeleteOptions> run);
/// Deletes the snapshot of a stream.
Status RunSnapshotDelete(const SnapshotDeleteOptions& options);

}  // namespace notify::cli::stream
