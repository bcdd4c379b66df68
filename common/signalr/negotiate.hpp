#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/result.hpp"

/// `POST …/negotiate`: how a client learns its connection's name and the transports.
/// Source: dotnet/aspnetcore, src/SignalR/docs/specs/TransportProtocols.md.
namespace notify::signalr {

enum class Transport : std::uint8_t { kWebSockets, kServerSentEvents, kLongPolling };

/// The name on the wire: `WebSockets`, `ServerSentEvents`, `LongPolling`.
std::string_view ToString(Transport transport);

/// A transport on offer. All of ours carry text.
struct AvailableTransport {
  Transport transport = Transport::kWebSockets;
  bool binary = true;  ///< Carries binary protocols too; not true of server-sent events.

  bool operator==(const AvailableTransport&) const = default;
};

/// A connection was made.
struct NegotiateResponse {
  int negotiate_version = 1;  ///< 0 or 1.
  std::string connection_id;  ///< Version 1: public. Version 0: the `id` of later requests.
  std::string
      connection_token;  ///< Version 1 only: the secret `id` of later requests. Never log it.
  std::vector<AvailableTransport> transports;  ///< In the order in which the client tries them.
  bool use_stateful_reconnect = false;         ///< Only if the client asked for it.

  /// What goes into the `id` of later requests.
  const std::string& Id() const {
    return negotiate_version == 0 ? connection_id : connection_token;
  }
};

/// The client shall negotiate again at `url`.
struct NegotiateRedirect {
  std::string url;
  std::optional<std::string> access_token;  ///< To use from there on. A secret.
};

/// No connection was made; the client's start fails with this text. Comes with HTTP status 200.
struct NegotiateError {
  std::string error;
};

using NegotiateAnswer = std::variant<NegotiateResponse, NegotiateRedirect, NegotiateError>;

/// Appends the JSON of an answer.
void AppendNegotiateAnswer(std::string& out, const NegotiateAnswer& answer);

/// The client's side. Transports and formats that we do not know are left out.
/// Errors: kInvalidJson, kJsonTooDeep, kInvalidArgument. Threads: any.
Result<NegotiateAnswer> ParseNegotiateAnswer(std::string_view json);

/// The version to answer with, 0 or 1, from the query parameter `negotiateVersion` (absent: 0).
/// Errors: kInvalidArgument; its detail is the text for a NegotiateError.
Result<int> NegotiateVersion(std::optional<std::string_view> parameter);

}  // namespace notify::signalr
