#pragma once

#include "cli/dlq/selection.hpp"

namespace notify::cli::dlq {

using DlqRetryOptions = Selection;

Command& AddDlqRetry(Command& noun, Factory& factory, RunHook<DlqRetryOptions> run);
/// Give dead letters back to their consumer or channel: the one named, or `all` that match. kUsage
/// without `yes` for all.
Status RunDlqRetry(const DlqRetryOptions& options);

}  // namespace notify::cli::dlq
