#include "common/signalr/messagepack_writer.hpp"

#include <array>
#include <bit>
#include <limits>

namespace notify::signalr::messagepack {
namespace {

constexpr unsigned kFixMap = 0x80;
constexpr unsigned kFixArray = 0x90;
constexpr unsigned kArray16 = 0xDC;  // 32: the next one
constexpr unsigned kMap16 = 0xDE;
constexpr std::size_t kFixSizes = 16;

void AppendByte(std::string& out, unsigned byte) { out += static_cast<char>(byte); }

// A first byte and a number behind it, high byte first.
class Head {
 public:
  Head(unsigned lead, std::uint64_t number, std::size_t width) : size_(1 + width) {
    bytes_[0] = static_cast<char>(lead);
    for (std::size_t i = width; i > 0; --i, number >>= 8) bytes_[i] = static_cast<char>(number);
  }

  std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::array<char, 9> bytes_{};
  std::size_t size_;
};

// A number in the narrowest of 1, 2, 4 and 8 bytes, behind the first byte of that width.
Head Narrowest(unsigned lead8, std::uint64_t number) {
  if (number <= 0xFF) return {lead8, number, 1};
  if (number <= 0xFFFF) return {lead8 + 1, number, 2};
  if (number <= 0xFFFFFFFF) return {lead8 + 2, number, 4};
  return {lead8 + 3, number, 8};
}

Head ContainerHead(unsigned fix, unsigned lead16, std::size_t size) {
  if (size < kFixSizes) return {fix | static_cast<unsigned>(size), 0, 0};
  if (size <= 0xFFFF) return {lead16, size, 2};
  return {lead16 + 1, size, 4};
}

void End(std::string& out, std::size_t header, const Head& head) {
  out[header] = head.text().front();
  if (head.text().size() > 1) out.insert(header + 1, head.text().substr(1));
}

}  // namespace

void AppendNil(std::string& out) { AppendByte(out, 0xC0); }

void AppendBool(std::string& out, bool value) { AppendByte(out, value ? 0xC3 : 0xC2); }

void AppendUnsigned(std::string& out, std::uint64_t value) {
  if (value < 0x80) return AppendByte(out, static_cast<unsigned>(value));
  out += Narrowest(0xCC, value).text();
}

void AppendSigned(std::string& out, std::int64_t value) {
  if (value >= 0) return AppendUnsigned(out, static_cast<std::uint64_t>(value));
  const auto bits = static_cast<std::uint64_t>(value);
  if (value >= -0x20) return AppendByte(out, static_cast<std::uint8_t>(bits));
  const auto fits = [value](auto type) {
    return value >= std::numeric_limits<decltype(type)>::min();
  };
  if (fits(std::int8_t{})) {
    out += Head(0xD0, bits, 1).text();
  } else if (fits(std::int16_t{})) {
    out += Head(0xD1, bits, 2).text();
  } else if (fits(std::int32_t{})) {
    out += Head(0xD2, bits, 4).text();
  } else {
    out += Head(0xD3, bits, 8).text();
  }
}

void AppendFloat64(std::string& out, double value) {
  out += Head(0xCB, std::bit_cast<std::uint64_t>(value), 8).text();
}

void AppendString(std::string& out, std::string_view utf8) {
  if (utf8.size() < 0x20) {
    AppendByte(out, 0xA0U | static_cast<unsigned>(utf8.size()));
  } else {
    out += Narrowest(0xD9, utf8.size()).text();
  }
  out += utf8;
}

void AppendArrayHeader(std::string& out, std::size_t size) {
  out += ContainerHead(kFixArray, kArray16, size).text();
}

void AppendMapHeader(std::string& out, std::size_t size) {
  out += ContainerHead(kFixMap, kMap16, size).text();
}

std::size_t BeginArray(std::string& out) {
  AppendByte(out, kFixArray);
  return out.size() - 1;
}

std::size_t BeginMap(std::string& out) {
  AppendByte(out, kFixMap);
  return out.size() - 1;
}

void EndArray(std::string& out, std::size_t header, std::size_t size) {
  End(out, header, ContainerHead(kFixArray, kArray16, size));
}

void EndMap(std::string& out, std::size_t header, std::size_t size) {
  End(out, header, ContainerHead(kFixMap, kMap16, size));
}

}  // namespace notify::signalr::messagepack
