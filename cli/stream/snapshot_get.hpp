#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::stream {

struct SnapshotGetOptions {
  Factory* factory = nullptr;
  std::string stream;
};

Command& AddSnapshotGet(Command& snapshot, Factory& factory, RunHook<SnapshotGetOptions> run);
/// Prints a snapshot's data as it was put; with -o json its version and time too.
Status RunSnapshotGet(const SnapshotGetOptions& options);

}  // namespace notify::cli::stream
