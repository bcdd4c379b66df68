#pragma once

#include <string_view>

namespace notify::agent::ingress {

/// The whole page, with its style and script. It loads `/dev/signalr.js` and nothing else.
std::string_view DevPageHtml();

}  // namespace notify::agent::ingress
