#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "common/websocket/frame.hpp"
#include "common/websocket/frame_header.hpp"

namespace notify::websocket {

/// How one kind of connection is read. Shared by all its readers.
struct ReaderOptions {
  Role role = Role::kServer;
  std::uint64_t max_frame_bytes = 1U << 20;    ///< Payload of one data frame.
  std::uint64_t max_message_bytes = 1U << 20;  ///< All fragments together, as they are on the wire.
  /// permessage-deflate was negotiated: RSV1 on the first frame marks a compressed message.
  bool rsv1_allowed = false;
};

/// What a reader found.
enum class EventKind : std::uint8_t {
  kNone,    ///< All input is taken; feed more.
  kText,    ///< A whole text message, valid UTF-8 unless it is compressed.
  kBinary,  ///< A whole binary message.
  kPing,    ///< Answer with a pong of the same payload.
  kPong,
  kClose,   ///< The peer's close frame; nothing follows. Answer with `code`, then end.
  kFailed,  ///< The peer broke the protocol; nothing follows. Send a close with `code`, then end.
};

/// One of them, with its content.
struct Event {
  EventKind kind = EventKind::kNone;
  bool compressed = false;  ///< kText, kBinary: inflate it; then check a text's UTF-8.
  CloseCode code = CloseCode::kNoStatus;  ///< kClose: the peer's, or kNoStatus. kFailed: ours.
  std::string_view payload;               ///< The message, the ping's bytes, the close's reason, or
                                          ///< with kFailed a sentence that says what was wrong.
};

/// Splits a peer's bytes into messages. Feed it whatever a read returned, cut anywhere:
///
///     for (Event e = reader.Next(input); e.kind != EventKind::kNone; e = reader.Next(input)) …
///
/// Unmasks inside `input`. A message that lies whole in `input` in one frame is not copied; only
/// what is incomplete is kept, so that an idle connection holds the 24 bytes of this object. Text
/// is checked as it arrives: a wrong byte fails before its frame or message is complete. Lifetime:
/// `options` outlives the reader; an event's payload is good until the next call of Next, or until
/// `input`'s memory changes. Threads: one at a time.
class MessageReader {
 public:
  explicit MessageReader(const ReaderOptions& options);
  ~MessageReader();
  MessageReader(MessageReader&& other) noexcept;
  MessageReader& operator=(MessageReader&& other) noexcept;

  /// Takes bytes off the front of `input` up to the end of the next event. After kClose or kFailed
  /// it takes everything and returns kNone.
  Event Next(std::span<char>& input);

  /// Whether nothing incomplete is held.
  bool Idle() const { return partial_ == nullptr; }
  /// Whether kClose or kFailed was returned.
  bool Ended() const { return ended_; }

 private:
  struct Partial;

  void FreeDelivered();
  HeaderOutcome TakeHeader(std::span<char>& input, FrameHeader& header);
  bool InsideMessage() const;
  void BeginFrame(const FrameHeader& header);
  bool TakePayload(std::span<char>& input);
  Event FinishFrame();
  Event DeliverWhole(const FrameHeader& header, std::span<char> payload);
  Event Control(Opcode opcode, std::string_view payload);
  Event Fail(CloseCode code, std::string_view reason);

  const ReaderOptions* options_;
  std::unique_ptr<Partial> partial_;
  bool ended_ = false;
};

}  // namespace notify::websocket
