#include "agent/ingress/signalr/hub_error.hpp"

namespace notify::agent::ingress::signalr {

std::string FailedText(std::string_view method, const Error& error) {
  std::string text = "An unexpected error occurred invoking '";
  text.append(method).append("' on the server. HubException: ");
  text.append(Describe(error.code).name).append(": ").append(error.detail);
  return text;
}

std::string UnknownText(std::string_view method) {
  return ArityText(method) + " HubException: Method does not exist.";
}

std::string ArityText(std::string_view method) {
  return "Failed to invoke '" + std::string(method) + "' due to an error on the server.";
}

std::string StreamCountText(std::size_t sent, std::size_t expected) {
  return "Client sent " + std::to_string(sent) + " stream(s), Hub method expects " +
         std::to_string(expected) + ".";
}

std::string NeedsStreamText(std::string_view method) {
  return "The client attempted to invoke the streaming '" + std::string(method) +
         "' method with a non-streaming invocation.";
}

std::string NoStreamText(std::string_view method) {
  return "The client attempted to invoke the non-streaming '" + std::string(method) +
         "' method with a streaming invocation.";
}

}  // namespace notify::agent::ingress::signalr
