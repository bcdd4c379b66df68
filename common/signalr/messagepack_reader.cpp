#include "common/signalr/messagepack_reader.hpp"

#include <bit>

namespace notify::signalr::messagepack {
namespace {

Item Integer(std::int64_t value) {
  if (value < 0) return value;
  return static_cast<std::uint64_t>(value);
}

}  // namespace

std::optional<Item> Reader::Next() {
  if (rest_.empty()) return std::nullopt;
  const auto lead = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  auto item = lead < 0xC0 || lead >= 0xE0 ? Fixed(lead) : Sized(lead);
  if (short_) return std::nullopt;
  return item;
}

// What the first byte says alone, or with a small size in it.
std::optional<Item> Reader::Fixed(std::uint8_t lead) {
  if (lead < 0x80) return std::uint64_t{lead};
  if (lead < 0x90) return MapOf(lead & 0x0FU);
  if (lead < 0xA0) return ArrayOf(lead & 0x0FU);
  if (lead < 0xC0) return String{Bytes(lead & 0x1FU)};
  return std::int64_t{static_cast<std::int8_t>(lead)};
}

// In the families of sizes, the width doubles from one first byte to the next.
std::optional<Item> Reader::Sized(std::uint8_t lead) {
  const auto width = [lead](std::uint8_t first) { return std::size_t{1} << (lead - first); };
  switch (lead) {
    case 0xC0:
      return Nil{};
    case 0xC2:
    case 0xC3:
      return lead == 0xC3;
    case 0xC4:
    case 0xC5:
    case 0xC6:
      return Binary{Bytes(Number(width(0xC4)))};
    case 0xC7:
    case 0xC8:
    case 0xC9:
      return Extended(Number(width(0xC7)));
    case 0xCA:
      return std::bit_cast<float>(static_cast<std::uint32_t>(Number(4)));
    case 0xCB:
      return std::bit_cast<double>(Number(8));
    case 0xCC:
    case 0xCD:
    case 0xCE:
    case 0xCF:
      return Number(width(0xCC));
    case 0xD0:
    case 0xD1:
    case 0xD2:
    case 0xD3:
      return Integer(SignedNumber(width(0xD0)));
    case 0xD4:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8:
      return Extended(width(0xD4));
    case 0xD9:
    case 0xDA:
    case 0xDB:
      return String{Bytes(Number(width(0xD9)))};
    case 0xDC:
    case 0xDD:
      return ArrayOf(Number(2 * width(0xDC)));
    case 0xDE:
    case 0xDF:
      return MapOf(Number(2 * width(0xDE)));
    default:  // 0xC1 is never used
      return std::nullopt;
  }
}

// High byte first.
std::uint64_t Reader::Number(std::size_t bytes) {
  std::uint64_t value = 0;
  for (const char byte : Bytes(bytes)) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

std::int64_t Reader::SignedNumber(std::size_t bytes) {
  const std::size_t unused = 64 - 8 * bytes;
  return static_cast<std::int64_t>(Number(bytes) << unused) >> unused;
}

std::string_view Reader::Bytes(std::uint64_t size) {
  if (size > rest_.size()) {
    short_ = true;
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

Extension Reader::Extended(std::uint64_t size) {
  const auto type = static_cast<std::int8_t>(Number(1));
  return {type, Bytes(size)};
}

Array Reader::ArrayOf(std::uint64_t size) {
  short_ = short_ || size > rest_.size();
  return {static_cast<std::uint32_t>(size)};
}

Map Reader::MapOf(std::uint64_t size) {
  short_ = short_ || 2 * size > rest_.size();
  return {static_cast<std::uint32_t>(size)};
}

}  // namespace notify::signalr::messagepack
