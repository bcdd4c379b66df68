#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/result.hpp"

namespace notify {

/// The highest version that a stream can have: JSON numbers are exact below 2^53.
constexpr std::uint64_t kMostStreamVersion = (std::uint64_t{1} << 53U) - 1;

/// What a writer expects of the stream that an event goes to, when it is appended (contract 6).
struct ExpectedVersion {
  /// The version that the stream must have; 0: it has no event yet.
  std::uint64_t version = 0;
  /// A stream without events will do as well: imported history begins where it begins.
  bool or_begins = false;

  bool Holds(std::uint64_t current) const {
    return current == version || (or_begins && current == 0);
  }
};

/// Reads `any` (nothing is expected), `none` (0) or a version. kInvalidArgument.
Result<std::optional<ExpectedVersion>> ParseExpectedVersion(std::string_view text);

/// The version in `streamversion`: a whole number from 1 without leading zeros; nothing else.
std::optional<std::uint64_t> ParseStreamVersion(std::string_view text);

}  // namespace notify
