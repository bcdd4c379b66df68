#pragma once

#include <string>

#include "common/config/load.hpp"
#include "common/result.hpp"

namespace notify::agent::app {

/// What the command line of `notifyd` asks for.
struct Options {
  enum class Action { kRun, kCheckConfig, kPrintConfig, kVerify, kRestore, kExit };
  Action action = Action::kRun;
  int exit_code = 0;  ///< For kExit: `--help`, `--version`, a usage error.
  LoadedConfig loaded;
  std::string backup_file;  ///< For kRestore.
  std::string config_file;  ///< Empty: none.
  ConfigFlags flags;        ///< What the command line set; for reading the file again.
};

/// Reads flags, configuration file and environment. Help and usage errors are printed here.
/// kInvalidConfig as LoadConfig; kNotFound where the file is not there.
Result<Options> ReadOptions(int argc, const char* const* argv);

/// Reads the configuration again, for SIGHUP.
Result<LoadedConfig> Reload(const Options& options);

}  // namespace notify::agent::app
