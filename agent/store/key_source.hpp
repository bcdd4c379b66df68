#pragma once

#include "agent/async/file.hpp"
#include "common/config/agent_config.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent::store {

/// Reads a key or secret as it lies there, at most 64 KiB. A file is read through `files`; a
/// credential lies in $CREDENTIALS_DIRECTORY; a command is run by the shell and waited for.
/// Threads: at start only, because it blocks.
///
/// kNotFound         nothing is there; `detail` names the source.
/// kInvalidArgument  the command failed.
Result<Secret> ReadKeySource(const KeySource& source, async::FileSystem& files);

}  // namespace notify::agent::store
