#pragma once

#include <string>

#include "common/result.hpp"

namespace notify::agent::app {

/// `notifyd --restore FILE`: makes `data_dir` what the backup in `file` holds, and says on standard
/// output what to do next. The folder must hold no data; a restore that was cut off is begun again.
/// Nothing is there before every checksum is proven.
///
/// kConflict         the folder holds data, or an agent runs on it.
/// kNotFound         there is no such file.
/// kInvalidArgument  it is not a whole backup.
/// kUnavailable      only a newer agent understands it.
Status RestoreFolder(const std::string& data_dir, const std::string& file);

}  // namespace notify::agent::app
