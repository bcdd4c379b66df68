#pragma once

#include "cli/dlq/selection.hpp"

namespace notify::cli::dlq {

using DlqPurgeOptions = Selection;

Command& AddDlqPurge(Command& noun, Factory& factory, RunHook<DlqPurgeOptions> run);
/// Remove dead letters for good: the one named, or `all` that match. kUsage without `yes`.
Status RunDlqPurge(const DlqPurgeOptions& options);

}  // namespace notify::cli::dlq
