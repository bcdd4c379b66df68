#include "common/websocket/frame_header.hpp"

#include <algorithm>

namespace notify::websocket {
namespace {

using Kind = HeaderOutcome::Kind;

constexpr HeaderOutcome Refuse(std::string_view reason,
                               CloseCode code = CloseCode::kProtocolError) {
  return {Kind::kFailed, code, reason};
}

constexpr HeaderOutcome kPassed = {Kind::kWhole, CloseCode::kNormal, {}};

bool IsKnown(unsigned opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

HeaderOutcome CheckFirstByte(unsigned byte, const HeaderRules& rules, FrameHeader& header) {
  header.fin = (byte & 0x80) != 0;
  header.rsv1 = (byte & 0x40) != 0;
  if ((byte & 0x30) != 0) return Refuse("A reserved bit is set.");
  if (!IsKnown(byte & 0x0F)) return Refuse("The opcode is reserved.");
  header.opcode = static_cast<Opcode>(byte & 0x0F);
  if (header.rsv1 && (!rules.rsv1_allowed || IsControl(header.opcode) || rules.inside_message)) {
    return Refuse("RSV1 is set, but no extension gives it a meaning here.");
  }
  if (IsControl(header.opcode)) {
    return header.fin ? kPassed : Refuse("A control frame is fragmented.");
  }
  if (rules.inside_message && header.opcode != Opcode::kContinuation) {
    return Refuse("A new message began before the fragmented one ended.");
  }
  if (!rules.inside_message && header.opcode == Opcode::kContinuation) {
    return Refuse("A continuation frame has nothing to continue.");
  }
  return kPassed;
}

HeaderOutcome CheckSecondByte(unsigned byte, const HeaderRules& rules, FrameHeader& header) {
  header.masked = (byte & 0x80) != 0;
  if (header.masked && rules.role == Role::kClient) return Refuse("A server's frame is masked.");
  if (!header.masked && rules.role == Role::kServer) {
    return Refuse("A client's frame is not masked.");
  }
  if (IsControl(header.opcode) && (byte & 0x7F) > kMaxControlBytes) {
    return Refuse("A control frame is longer than 125 bytes.");
  }
  return kPassed;
}

HeaderOutcome CheckLength(std::uint64_t length, std::size_t width, const HeaderRules& rules) {
  if ((length >> 63) != 0) return Refuse("The top bit of a 64-bit length is set.");
  if ((width == 2 && length < 126) || (width == 8 && length <= 0xFFFF)) {
    return Refuse("A length is not in its shortest form.");
  }
  if (length > rules.max_payload_bytes) {
    return Refuse("A frame, or its message, is larger than the limit.", CloseCode::kTooBig);
  }
  return kPassed;
}

}  // namespace

HeaderOutcome ParseFrameHeader(std::string_view bytes, const HeaderRules& rules,
                               FrameHeader& header) {
  const auto at = [bytes](std::size_t place) { return static_cast<unsigned char>(bytes[place]); };
  if (bytes.empty()) return {};
  if (auto first = CheckFirstByte(at(0), rules, header); first.kind == Kind::kFailed) return first;
  if (bytes.size() < 2) return {};
  if (auto second = CheckSecondByte(at(1), rules, header); second.kind == Kind::kFailed) {
    return second;
  }
  const unsigned short_length = at(1) & 0x7F;
  const std::size_t width = short_length < 126 ? 0 : short_length == 126 ? 2 : 8;
  if (bytes.size() < 2 + width) return {};
  header.payload_bytes = width == 0 ? short_length : 0;
  for (std::size_t i = 0; i < width; ++i) {
    header.payload_bytes = (header.payload_bytes << 8) | at(2 + i);
  }
  if (!IsControl(header.opcode)) {
    if (auto length = CheckLength(header.payload_bytes, width, rules);
        length.kind == Kind::kFailed) {
      return length;
    }
  }
  const std::size_t size = 2 + width + (header.masked ? sizeof(MaskKey) : 0);
  if (bytes.size() < size) return {};
  if (header.masked) std::copy_n(bytes.data() + 2 + width, sizeof(MaskKey), header.mask.data());
  header.size = static_cast<std::uint8_t>(size);
  return kPassed;
}

}  // namespace notify::websocket
