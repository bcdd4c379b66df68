#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

/// MessagePack values, both directions, without hub messages.
/// Source: msgpack/msgpack, spec.md.
namespace notify::signalr::messagepack {

struct Nil {};
struct String {
  std::string_view text;  ///< Not checked to be UTF-8.
};
struct Binary {
  std::string_view bytes;
};
struct Extension {
  std::int8_t type = 0;
  std::string_view bytes;
};
/// So many items follow.
struct Array {
  std::uint32_t size = 0;
};
/// So many pairs of items follow, key and value.
struct Map {
  std::uint32_t size = 0;
};

/// A value, or the beginning of an array or a map. An integer is an int64_t only where it is
/// negative, however it was written.
using Item = std::variant<Nil, bool, std::uint64_t, std::int64_t, float, double, String, Binary,
                          Extension, Array, Map>;

/// Takes items off bytes of anybody. Lifetime: the items are views into `bytes`; a copy goes on by
/// itself. Threads: one at a time.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  /// Nothing at the end, where the next item is cut short or begins with no known byte, and where
  /// an array or a map announces more than the bytes that are left can hold: its size may be
  /// trusted with memory. No further calls after that.
  std::optional<Item> Next();

 private:
  std::optional<Item> Fixed(std::uint8_t lead);
  std::optional<Item> Sized(std::uint8_t lead);
  std::uint64_t Number(std::size_t bytes);
  std::int64_t SignedNumber(std::size_t bytes);
  std::string_view Bytes(std::uint64_t size);
  Extension Extended(std::uint64_t size);
  Array ArrayOf(std::uint64_t size);
  Map MapOf(std::uint64_t size);

  std::string_view rest_;
  bool short_ = false;
};

}  // namespace notify::signalr::messagepack
