#pragma once

namespace notify::agent::app {

/// The release, from the project's version in CMake.
inline constexpr const char* kVersion = NOTIFY_VERSION;

}  // namespace notify::agent::app
