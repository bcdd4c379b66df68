#pragma once

#include "agent/async/file.hpp"
#include "common/config/agent_config.hpp"
#include "common/random.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent::store {

/// Reads the master key: 32 bytes, or their base64 or hexadecimal text with or without a line feed.
/// A file is read through `files`; a credential lies in $CREDENTIALS_DIRECTORY; a command is run by
/// the shell and waited for. Threads: at start only, because it blocks.
///
/// kNotFound         nothing is there; `detail` names the source.
/// kInvalidArgument  what is there is not 32 bytes, or the command failed.
Result<Secret> ReadMasterKey(const KeySource& source, async::FileSystem& files);

/// Makes a new master key and writes it durably to `path`.
Result<Secret> CreateMasterKey(const std::string& path, async::FileSystem& files, Random& random);

}  // namespace notify::agent::store
