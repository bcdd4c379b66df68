#include "common/websocket/frame.hpp"

#include <cassert>
#include <cstring>

namespace notify::websocket {
namespace {

constexpr std::size_t kMaskedHeaderRoom = kHeaderRoom + sizeof(MaskKey);

// Writes the header of a frame to `at` and returns its length; without the mask key.
std::size_t WriteHeader(char* at, Opcode opcode, std::uint64_t payload_bytes, bool fin,
                        Packing packing, bool masked) {
  const bool deflated = packing == Packing::kDeflated;
  assert(!IsControl(opcode) || (fin && !deflated && payload_bytes <= kMaxControlBytes));
  assert(!deflated || opcode != Opcode::kContinuation);
  const auto put = [at](std::size_t place, std::uint64_t value) {
    at[place] = static_cast<char>(static_cast<unsigned char>(value));
  };
  put(0, (fin ? 0x80U : 0U) | (deflated ? 0x40U : 0U) | static_cast<unsigned>(opcode));
  const unsigned mask_bit = masked ? 0x80 : 0;
  if (payload_bytes < 126) {
    put(1, mask_bit | payload_bytes);
    return 2;
  }
  const std::size_t width = payload_bytes <= 0xFFFF ? 2 : 8;
  put(1, mask_bit | (width == 2 ? 126U : 127U));
  for (std::size_t i = 0; i < width; ++i) put(2 + i, payload_bytes >> (8 * (width - 1 - i)));
  return 2 + width;
}

}  // namespace

bool MayBeSent(CloseCode code) {
  const auto value = static_cast<std::uint16_t>(code);
  return (value >= 1000 && value <= 1003) || (value >= 1007 && value <= 1014) ||
         (value >= 3000 && value <= 4999);
}

void ApplyMask(std::span<char> bytes, const MaskKey& key, std::uint64_t offset) {
  std::array<char, 8> turned{};
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = key[(offset + i) % key.size()];
  std::uint64_t mask = 0;
  std::memcpy(&mask, turned.data(), sizeof mask);
  char* const data = bytes.data();
  std::size_t i = 0;
  for (; i + sizeof mask <= bytes.size(); i += sizeof mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + i, sizeof word);
    word ^= mask;
    std::memcpy(data + i, &word, sizeof word);
  }
  for (; i < bytes.size(); ++i) data[i] = static_cast<char>(data[i] ^ turned[i % turned.size()]);
}

void AppendFrame(std::string& out, Opcode opcode, std::string_view payload, bool fin,
                 Packing packing) {
  std::array<char, kHeaderRoom> header{};
  const std::size_t size = WriteHeader(header.data(), opcode, payload.size(), fin, packing, false);
  out.append(header.data(), size);
  out.append(payload);
}

void AppendMaskedFrame(std::string& out, Opcode opcode, std::string_view payload,
                       const MaskKey& key, bool fin, Packing packing) {
  std::array<char, kMaskedHeaderRoom> header{};
  const std::size_t size = WriteHeader(header.data(), opcode, payload.size(), fin, packing, true);
  out.append(header.data(), size);
  out.append(key.data(), key.size());
  const std::size_t start = out.size();
  out.append(payload);
  ApplyMask(std::span(out).subspan(start), key);
}

std::string_view FinishFrame(std::span<char> buffer, Opcode opcode, Packing packing) {
  assert(buffer.size() >= kHeaderRoom);
  std::array<char, kHeaderRoom> header{};
  const std::uint64_t payload_bytes = buffer.size() - kHeaderRoom;
  const std::size_t size = WriteHeader(header.data(), opcode, payload_bytes, true, packing, false);
  char* const start = buffer.data() + kHeaderRoom - size;
  std::memcpy(start, header.data(), size);
  return {start, size + payload_bytes};
}

std::string ClosePayload(CloseCode code, std::string_view reason) {
  if (code == CloseCode::kNoStatus) return {};
  if (!MayBeSent(code)) code = CloseCode::kProtocolError;
  const auto value = static_cast<std::uint16_t>(code);
  if (reason.size() > kMaxControlBytes - 2) {
    std::size_t end = kMaxControlBytes - 2;
    while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0) == 0x80) --end;
    reason = reason.substr(0, end);
  }
  std::string payload = {static_cast<char>(value >> 8), static_cast<char>(value & 0xFF)};
  payload += reason;
  return payload;
}

}  // namespace notify::websocket
