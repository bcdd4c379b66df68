#include "cli/client/hub/event.hpp"

namespace notify::cli::client {

Error HubError(const std::string& text) {
  const auto colon = text.find(": ");
  if (colon != std::string::npos) {
    if (const auto code = ErrcFromName(text.substr(0, colon))) {
      return Fail(*code, text.substr(colon + 2));
    }
  }
  return Fail(Errc::kInternal, "The hub refused: " + text);
}

}  // namespace notify::cli::client
