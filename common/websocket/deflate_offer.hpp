#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

/// The negotiation of permessage-deflate as pure functions over header values.
/// Source: https://www.rfc-editor.org/rfc/rfc7692, section 7.1.
///
/// Both of our roles agree only to messages that stand alone (no context takeover, in neither
/// direction): no connection holds a window, and one compressed message serves all connections.
namespace notify::websocket {

/// The window that our messages are deflated with, as a power of two: 4 KiB. Most are smaller, so a
/// bigger one costs more than it saves; and who bounds a server's window asks for 12 or more.
inline constexpr int kDeflateWindowBits = 12;

/// How a server answers the header Sec-WebSocket-Extensions of an upgrade.
struct DeflateAnswer {
  enum class Kind : std::uint8_t {
    kPlain,     ///< No offer that can be accepted: no compression, and no header in the answer.
    kAccepted,  ///< `header` is the answer's Sec-WebSocket-Extensions.
    kMalformed  ///< The header breaks its grammar: refuse the upgrade with 400.
  };
  Kind kind = Kind::kPlain;
  std::string header;
};

/// Accepts the first offer of permessage-deflate that can be kept. One with an unknown parameter, a
/// parameter twice or a bad value is passed over, and so is one that bounds the server's window
/// below `window_bits`, the window that all our messages share. A bound on the client's window
/// needs no answer, since any window can be inflated. Threads: any.
DeflateAnswer AnswerDeflateOffer(std::string_view sec_websocket_extensions,
                                 int window_bits = kDeflateWindowBits);

/// What a client of ours offers.
inline constexpr std::string_view kDeflateOffer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// Whether the server's answer to kDeflateOffer agreed to compression; false for an empty header.
/// Errors: kUnavailable where it agreed to what was not offered: then the connection must fail.
Result<bool> CheckDeflateAnswer(std::string_view sec_websocket_extensions);

}  // namespace notify::websocket
