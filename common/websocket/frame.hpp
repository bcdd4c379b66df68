#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// RFC 6455 over byte buffers, both roles, no I/O.
/// Source: https://www.rfc-editor.org/rfc/rfc6455, section 5 for the frames.
namespace notify::websocket {

/// What a frame is (RFC 6455 5.2). The values are the wire's; the others are reserved.
enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

/// Whether it is a close, ping or pong: at most 125 bytes, never fragmented.
constexpr bool IsControl(Opcode opcode) { return static_cast<std::uint8_t>(opcode) >= 0x8; }

/// Why a connection ends (RFC 6455 7.4 and the IANA registry). An application's own codes, 3000 to
/// 4999, are values without a name here.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoStatus = 1005,  ///< Never on the wire: the close frame was empty.
  kAbnormal = 1006,  ///< Never on the wire: there was no close frame.
  kInvalidText = 1007,
  kPolicy = 1008,
  kTooBig = 1009,
  kExtensionMissing = 1010,
  kInternalError = 1011,
  kServiceRestart = 1012,
  kTryAgainLater = 1013,
};

/// Whether a close frame may carry `code`: 1000 to 1003, 1007 to 1014, 3000 to 4999.
bool MayBeSent(CloseCode code);

/// The four bytes that a client masks a frame with; fresh random ones for each frame.
using MaskKey = std::array<char, 4>;

/// XORs `bytes` with `key`, in place; the first one is byte `offset` of its payload. The same call
/// masks and unmasks. Threads: any.
void ApplyMask(std::span<char> bytes, const MaskKey& key, std::uint64_t offset = 0);

/// The biggest payload of a control frame.
inline constexpr std::size_t kMaxControlBytes = 125;
/// The biggest header of an unmasked frame.
inline constexpr std::size_t kHeaderRoom = 10;

/// What a data frame says about its payload; a control frame is always plain (asserted).
enum class Packing : std::uint8_t {
  kPlain,
  kDeflated,  ///< RSV1: the first frame of a message that permessage-deflate compressed.
};

/// Appends a server's frame. `payload` must not lie inside `out`; of a control frame it has at most
/// kMaxControlBytes and `fin` is true (asserted). Threads: any.
void AppendFrame(std::string& out, Opcode opcode, std::string_view payload, bool fin = true,
                 Packing packing = Packing::kPlain);

/// Appends a client's frame, masked with `key`. Otherwise as AppendFrame.
void AppendMaskedFrame(std::string& out, Opcode opcode, std::string_view payload,
                       const MaskKey& key, bool fin = true, Packing packing = Packing::kPlain);

/// Builds a frame once for many connections without copying its payload: start `buffer` with
/// kHeaderRoom bytes of anything, append the payload, then call this. Writes the header directly in
/// front of the payload and returns the whole unmasked frame.
/// Lifetime: the view is into `buffer`.
std::string_view FinishFrame(std::span<char> buffer, Opcode opcode,
                             Packing packing = Packing::kPlain);

/// The payload of a close frame: code and `reason` (UTF-8), which is cut at a character so that it
/// fits 125 bytes; nothing for kNoStatus. A code that may not be sent becomes kProtocolError.
std::string ClosePayload(CloseCode code, std::string_view reason = {});

}  // namespace notify::websocket
