#include "common/signalr/messagepack_frame.hpp"

#include <array>
#include <cstdint>

namespace notify::signalr {
namespace {

constexpr std::size_t kLongestPrefix = 5;
constexpr unsigned kMore = 0x80;

}  // namespace

Result<std::optional<std::string_view>> TakeFrame(std::string_view& input, std::size_t max_bytes) {
  std::size_t size = 0;
  std::size_t prefix = 0;
  for (unsigned byte = kMore; (byte & kMore) != 0; ++prefix) {
    if (prefix == input.size()) return std::optional<std::string_view>();
    byte = static_cast<unsigned char>(input[prefix]);
    if (prefix + 1 == kLongestPrefix && byte > 7) {
      return Fail(Errc::kInvalidArgument, "Messages over 2GB in size are not supported.");
    }
    size |= std::size_t{byte & ~kMore} << (7 * prefix);
  }
  if (size > max_bytes) {
    return Fail(Errc::kBodyTooLarge, "The maximum message size of " + std::to_string(max_bytes) +
                                         " bytes was exceeded.");
  }
  if (input.size() - prefix < size) return std::optional<std::string_view>();
  const std::string_view body = input.substr(prefix, size);
  input.remove_prefix(prefix + size);
  return std::optional(body);
}

void InsertFrameLength(std::string& out, std::size_t begin) {
  std::array<char, kLongestPrefix> prefix{};
  std::size_t used = 0;
  std::size_t left = out.size() - begin;
  do {
    const auto low = static_cast<unsigned>(left & 0x7F);
    left >>= 7;
    prefix[used++] = static_cast<char>(left > 0 ? low | kMore : low);
  } while (left > 0);
  out.insert(begin, prefix.data(), used);
}

}  // namespace notify::signalr
