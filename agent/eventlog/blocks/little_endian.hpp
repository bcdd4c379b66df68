#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

namespace notify::agent::eventlog {

static_assert(std::endian::native == std::endian::little,
              "The log's files are little-endian and are written as they lie in memory.");

/// Appends a number as the log's files hold it.
template <typename T>
void Put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Takes a number from the front of `bytes`, which has as many.
template <typename T>
T Take(std::string_view& bytes) {
  T value{};
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

}  // namespace notify::agent::eventlog
