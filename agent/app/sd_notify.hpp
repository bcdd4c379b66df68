#pragma once

#include <string_view>

namespace notify::agent::app {

/// Tells systemd how the service stands (sd_notify(3)): `READY=1`, `STOPPING=1`. Nothing happens
/// where the process was not started by it.
void SdNotify(std::string_view state);

}  // namespace notify::agent::app
