#include "common/websocket/deflate_offer.hpp"

#include <optional>

#include "common/websocket/extensions.hpp"

namespace notify::websocket {
namespace {

constexpr std::string_view kName = "permessage-deflate";
constexpr std::string_view kServerStandsAlone = "server_no_context_takeover";
constexpr std::string_view kClientStandsAlone = "client_no_context_takeover";
constexpr std::string_view kServerWindow = "server_max_window_bits";
constexpr std::string_view kClientWindow = "client_max_window_bits";

// The parameters of one offer, or of an answer.
struct Terms {
  bool server_stands_alone = false;
  bool client_stands_alone = false;
  std::optional<int> server_window;
  bool bounds_client_window = false;
  std::optional<int> client_window;  // an offer may leave the bound to the server
};

// A power of two from 8 to 15, as RFC 7692 7.1.2 writes it: no sign, no leading zero.
std::optional<int> WindowBits(const std::optional<std::string>& value) {
  if (!value) return std::nullopt;
  if (*value == "8" || *value == "9") return value->front() - '0';
  if (value->size() != 2 || value->front() != '1') return std::nullopt;
  const char last = value->back();
  return last >= '0' && last <= '5' ? std::optional(10 + last - '0') : std::nullopt;
}

bool SetFlag(bool& flag, const std::optional<std::string>& value) {
  if (flag || value) return false;
  flag = true;
  return true;
}

bool SetParameter(Terms& terms, const ExtensionParameter& parameter) {
  if (parameter.name == kServerStandsAlone) {
    return SetFlag(terms.server_stands_alone, parameter.value);
  }
  if (parameter.name == kClientStandsAlone) {
    return SetFlag(terms.client_stands_alone, parameter.value);
  }
  if (parameter.name == kServerWindow) {
    if (terms.server_window) return false;
    terms.server_window = WindowBits(parameter.value);
    return terms.server_window.has_value();
  }
  if (parameter.name == kClientWindow) {
    if (terms.bounds_client_window) return false;
    terms.bounds_client_window = true;
    terms.client_window = WindowBits(parameter.value);
    return terms.client_window || !parameter.value;
  }
  return false;
}

// Nothing where a parameter is unknown, comes twice or has no value that it may have.
std::optional<Terms> ReadTerms(const Extension& extension) {
  Terms terms;
  for (const auto& parameter : extension.parameters) {
    if (!SetParameter(terms, parameter)) return std::nullopt;
  }
  return terms;
}

}  // namespace

DeflateAnswer AnswerDeflateOffer(std::string_view sec_websocket_extensions, int window_bits) {
  const auto extensions = ParseExtensions(sec_websocket_extensions);
  if (!extensions) return {DeflateAnswer::Kind::kMalformed, {}};
  for (const Extension& extension : *extensions) {
    if (extension.name != kName) continue;
    const auto terms = ReadTerms(extension);
    if (!terms || terms->server_window.value_or(window_bits) < window_bits) continue;
    DeflateAnswer answer{DeflateAnswer::Kind::kAccepted, std::string(kDeflateOffer)};
    if (terms->server_window) {
      answer.header.append("; ").append(kServerWindow).append("=");
      answer.header += std::to_string(window_bits);
    }
    return answer;
  }
  return {};
}

Result<bool> CheckDeflateAnswer(std::string_view sec_websocket_extensions) {
  const auto refuse = [](std::string detail) {
    return Fail(Errc::kUnavailable, std::move(detail),
                "Check that the address is that of an agent and that no proxy is in between.");
  };
  const auto extensions = ParseExtensions(sec_websocket_extensions);
  if (!extensions) return refuse("The answer's Sec-WebSocket-Extensions cannot be read.");
  if (extensions->empty()) return false;
  if (extensions->size() > 1 || extensions->front().name != kName) {
    return refuse("The answer agrees to a WebSocket extension that was not offered.");
  }
  const auto terms = ReadTerms(extensions->front());
  if (!terms || terms->bounds_client_window) {
    return refuse("The answer agrees to permessage-deflate with parameters that were not offered.");
  }
  if (!terms->server_stands_alone) {
    return refuse("The answer agrees to permessage-deflate without server_no_context_takeover.");
  }
  return true;
}

}  // namespace notify::websocket
