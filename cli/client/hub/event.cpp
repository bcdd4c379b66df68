#include "cli/client/hub/event.hpp"

namespace notify::cli::client {

Error HubError(const std::string& text) {
  // A server shows an exception of its own behind a sentence that says nothing.
  constexpr std::string_view kException = " HubException: ";
  if (const auto at = text.find(kException); at != std::string::npos) {
    auto inner = HubError(text.substr(at + kException.size()));
    if (inner.code != Errc::kInternal) return inner;
  }
  const auto colon = text.find(": ");
  if (colon != std::string::npos) {
    if (const auto code = ErrcFromName(text.substr(0, colon))) {
      return Fail(*code, text.substr(colon + 2));
    }
  }
  return Fail(Errc::kInternal, "The hub refused: " + text);
}

}  // namespace notify::cli::client
