#include "common/websocket/message_reader.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "common/utf8.hpp"

namespace notify::websocket {
namespace {

constexpr std::string_view kNotUtf8 = "A text message is not valid UTF-8.";

std::span<char> TakeFront(std::span<char>& input, std::uint64_t count) {
  const auto front = input.first(static_cast<std::size_t>(count));
  input = input.subspan(front.size());
  return front;
}

std::string_view View(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

// What is kept while something is incomplete.
struct MessageReader::Partial {
  // The start of a header.
  std::array<char, kMaxHeaderBytes> header_bytes{};
  std::uint8_t header_size = 0;

  // The frame whose payload is arriving.
  FrameHeader frame;
  std::uint64_t taken = 0;
  bool in_frame = false;

  // The message that its data frames belong to.
  Opcode message_opcode = Opcode::kText;
  bool in_message = false;
  bool compressed = false;
  Utf8Checker utf8;
  std::string message;

  // A control frame's payload, which may come between two fragments.
  std::string control;

  bool IsCheckedText() const { return message_opcode == Opcode::kText && !compressed; }
};

MessageReader::MessageReader(const ReaderOptions& options) : options_(&options) {}
MessageReader::~MessageReader() = default;
MessageReader::MessageReader(MessageReader&& other) noexcept = default;
MessageReader& MessageReader::operator=(MessageReader&& other) noexcept = default;

Event MessageReader::Next(std::span<char>& input) {
  if (ended_) {
    partial_.reset();
    input = {};
    return {};
  }
  FreeDelivered();
  while (true) {
    if (!partial_ || !partial_->in_frame) {
      FrameHeader header;
      const HeaderOutcome outcome = TakeHeader(input, header);
      if (outcome.kind == HeaderOutcome::Kind::kNeedMore) return {};
      if (outcome.kind == HeaderOutcome::Kind::kFailed) return Fail(outcome.code, outcome.reason);
      const bool stands_alone = IsControl(header.opcode) || (header.fin && !InsideMessage());
      if (stands_alone && header.payload_bytes <= input.size()) {
        return DeliverWhole(header, TakeFront(input, header.payload_bytes));
      }
      BeginFrame(header);
    }
    if (!TakePayload(input)) return Fail(CloseCode::kInvalidText, kNotUtf8);
    if (partial_->taken < partial_->frame.payload_bytes) return {};
    const Event event = FinishFrame();
    if (event.kind != EventKind::kNone) return event;
  }
}

// The payload of the event before may lie in `partial_`: it can go only now.
void MessageReader::FreeDelivered() {
  if (!partial_ || partial_->in_frame || partial_->header_size > 0) return;
  if (!partial_->in_message) partial_.reset();
}

bool MessageReader::InsideMessage() const { return partial_ && partial_->in_message; }

HeaderOutcome MessageReader::TakeHeader(std::span<char>& input, FrameHeader& header) {
  const std::uint64_t held = InsideMessage() ? partial_->message.size() : 0;
  const HeaderRules rules{options_->role, InsideMessage(), options_->rsv1_allowed,
                          std::min(options_->max_frame_bytes, options_->max_message_bytes - held)};
  HeaderOutcome outcome;
  if (!partial_ || partial_->header_size == 0) {
    outcome = ParseFrameHeader(View(input), rules, header);
    if (outcome.kind == HeaderOutcome::Kind::kWhole) TakeFront(input, header.size);
    if (outcome.kind != HeaderOutcome::Kind::kNeedMore || input.empty()) return outcome;
    if (!partial_) partial_ = std::make_unique<Partial>();
  }
  while (outcome.kind == HeaderOutcome::Kind::kNeedMore && !input.empty()) {
    partial_->header_bytes[partial_->header_size++] = TakeFront(input, 1).front();
    outcome = ParseFrameHeader(View(std::span(partial_->header_bytes).first(partial_->header_size)),
                               rules, header);
  }
  if (outcome.kind == HeaderOutcome::Kind::kWhole) partial_->header_size = 0;
  return outcome;
}

void MessageReader::BeginFrame(const FrameHeader& header) {
  if (!partial_) partial_ = std::make_unique<Partial>();
  partial_->frame = header;
  partial_->taken = 0;
  partial_->in_frame = true;
  if (IsControl(header.opcode)) {
    partial_->control.clear();
  } else if (header.opcode != Opcode::kContinuation) {
    partial_->message_opcode = header.opcode;
    partial_->compressed = header.rsv1;
    partial_->in_message = true;
  }
}

// False where a text message turns out not to be UTF-8.
bool MessageReader::TakePayload(std::span<char>& input) {
  Partial& partial = *partial_;
  const FrameHeader& frame = partial.frame;
  const auto chunk =
      TakeFront(input, std::min<std::uint64_t>(input.size(), frame.payload_bytes - partial.taken));
  if (frame.masked) ApplyMask(chunk, frame.mask, partial.taken);
  partial.taken += chunk.size();
  if (IsControl(frame.opcode)) {
    partial.control.append(View(chunk));
    return true;
  }
  if (partial.IsCheckedText() && !partial.utf8.Feed(View(chunk))) return false;
  partial.message.append(View(chunk));
  return true;
}

Event MessageReader::FinishFrame() {
  Partial& partial = *partial_;
  partial.in_frame = false;
  if (IsControl(partial.frame.opcode)) return Control(partial.frame.opcode, partial.control);
  if (!partial.frame.fin) return {};
  partial.in_message = false;
  if (partial.IsCheckedText() && !partial.utf8.AtBoundary()) {
    return Fail(CloseCode::kInvalidText, kNotUtf8);
  }
  const bool text = partial.message_opcode == Opcode::kText;
  return {text ? EventKind::kText : EventKind::kBinary, partial.compressed, CloseCode::kNoStatus,
          partial.message};
}

Event MessageReader::DeliverWhole(const FrameHeader& header, std::span<char> payload) {
  if (partial_ && !partial_->in_message) partial_.reset();  // held the start of this header only
  if (header.masked) ApplyMask(payload, header.mask);
  if (IsControl(header.opcode)) return Control(header.opcode, View(payload));
  const bool text = header.opcode == Opcode::kText;
  if (text && !header.rsv1 && !IsUtf8(View(payload)))
    return Fail(CloseCode::kInvalidText, kNotUtf8);
  return {text ? EventKind::kText : EventKind::kBinary, header.rsv1, CloseCode::kNoStatus,
          View(payload)};
}

Event MessageReader::Control(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::kPing) return {EventKind::kPing, false, CloseCode::kNoStatus, payload};
  if (opcode == Opcode::kPong) return {EventKind::kPong, false, CloseCode::kNoStatus, payload};
  if (payload.size() == 1) return Fail(CloseCode::kProtocolError, "A close code is cut short.");
  Event close{EventKind::kClose, false, CloseCode::kNoStatus, {}};
  if (!payload.empty()) {
    close.code = static_cast<CloseCode>((static_cast<unsigned char>(payload[0]) << 8) |
                                        static_cast<unsigned char>(payload[1]));
    close.payload = payload.substr(2);
    if (!MayBeSent(close.code)) {
      return Fail(CloseCode::kProtocolError, "A close code may not be sent.");
    }
    if (!IsUtf8(close.payload)) {
      return Fail(CloseCode::kInvalidText, "A close reason is not valid UTF-8.");
    }
  }
  ended_ = true;
  return close;
}

Event MessageReader::Fail(CloseCode code, std::string_view reason) {
  ended_ = true;
  partial_.reset();
  return {EventKind::kFailed, false, code, reason};
}

}  // namespace notify::websocket
