#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/websocket/frame.hpp"

namespace notify::websocket {

/// Which end of the connection reads. A server demands masked frames, a client refuses them.
enum class Role : std::uint8_t { kServer, kClient };

/// A frame's header, decoded.
struct FrameHeader {
  std::uint64_t payload_bytes = 0;
  MaskKey mask{};
  Opcode opcode = Opcode::kContinuation;
  bool fin = false;
  bool rsv1 = false;  ///< First frame of a compressed message (RFC 7692), if that was negotiated.
  bool masked = false;
  std::uint8_t size = 0;  ///< Of the header itself, 2 to 14 bytes.
};

/// The most that a header takes.
inline constexpr std::size_t kMaxHeaderBytes = 14;

/// What may come at this point of the connection.
struct HeaderRules {
  Role role = Role::kServer;
  bool inside_message = false;  ///< A fragmented message has begun: only continuations may follow.
  bool rsv1_allowed = false;
  std::uint64_t max_payload_bytes = 0;  ///< Of a data frame here.
};

/// How reading a header ended.
struct HeaderOutcome {
  enum class Kind : std::uint8_t { kNeedMore, kWhole, kFailed };
  Kind kind = Kind::kNeedMore;
  CloseCode code = CloseCode::kProtocolError;  ///< With kFailed: what to close with.
  std::string_view reason;                     ///< With kFailed: a sentence, a literal.
};

/// Reads the header at the front of `bytes` into `header`, which is meaningful with kWhole only.
/// Refuses as early as the bytes there permit; more bytes never change a refusal.
/// Threads: any.
HeaderOutcome ParseFrameHeader(std::string_view bytes, const HeaderRules& rules,
                               FrameHeader& header);

}  // namespace notify::websocket
