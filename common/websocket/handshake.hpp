#pragma once

#include <string>
#include <string_view>

#include "common/random.hpp"
#include "common/result.hpp"

/// The opening handshake (RFC 6455 4) as pure functions over header values; HTTP itself is read and
/// written elsewhere.
namespace notify::websocket {

/// What Sec-WebSocket-Accept answers to a Sec-WebSocket-Key. Threads: any.
std::string AcceptKey(std::string_view sec_websocket_key);

/// Whether a Sec-WebSocket-Key is 16 bytes in base64: 22 characters and two equals signs.
bool IsValidKey(std::string_view sec_websocket_key);

/// A client's fresh Sec-WebSocket-Key.
std::string MakeKey(Random& random);

/// Whether a comma-separated header value has `token`, whatever the case.
bool HasToken(std::string_view header_value, std::string_view token);

/// The parts of a request that decide about an upgrade. A header that is absent is empty; one that
/// comes several times is joined with commas.
struct UpgradeRequest {
  std::string_view method;
  bool http_1_1 = true;                    ///< HTTP/1.1 or a later 1.x.
  std::string_view connection;             ///< Connection
  std::string_view upgrade;                ///< Upgrade
  std::string_view sec_websocket_key;      ///< Sec-WebSocket-Key
  std::string_view sec_websocket_version;  ///< Sec-WebSocket-Version
};

/// Whether a request asks for a WebSocket at all: GET with `Upgrade: websocket`.
bool AsksForWebSocket(const UpgradeRequest& request);

/// How to answer it.
struct UpgradeAnswer {
  int status = 400;         ///< 101; else 400, 405, or 426 with `Sec-WebSocket-Version: 13`.
  std::string accept;       ///< With 101: Sec-WebSocket-Accept.
  std::string_view detail;  ///< Otherwise: one sentence, a literal.
};

/// Checks a request as RFC 6455 4.2.1 asks. Origin, path and sub-protocol are the caller's.
UpgradeAnswer AnswerUpgrade(const UpgradeRequest& request);

/// The parts of a server's answer that decide whether the WebSocket is open.
struct UpgradeResponse {
  int status = 0;
  std::string_view connection;
  std::string_view upgrade;
  std::string_view sec_websocket_accept;
};

/// Checks an answer to the request with `sec_websocket_key` (RFC 6455 4.1).
/// Errors: kUnavailable, with what was wrong.
Status CheckUpgradeResponse(const UpgradeResponse& response, std::string_view sec_websocket_key);

}  // namespace notify::websocket
