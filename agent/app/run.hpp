#pragma once

namespace notify::agent::app {

/// The whole of `notifyd`: reads the command line, owns the data folder, runs the agent until a
/// signal ends it. The exit code: 0 after a clean end, 2 usage, 78 configuration (EX_CONFIG), else
/// 1.
int Run(int argc, const char* const* argv);

}  // namespace notify::agent::app
