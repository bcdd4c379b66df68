#include "common/model/expected_version.hpp"

#include <charconv>

namespace notify {

std::optional<std::uint64_t> ParseStreamVersion(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::uint64_t version = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (ec != std::errc{} || end != text.data() + text.size() || version > kMostStreamVersion) {
    return std::nullopt;
  }
  return version;
}

Result<std::optional<ExpectedVersion>> ParseExpectedVersion(std::string_view text) {
  if (text == "any") return std::optional<ExpectedVersion>();
  if (text == "none" || text == "0") return std::optional(ExpectedVersion{});
  if (const auto version = ParseStreamVersion(text)) {
    return std::optional(ExpectedVersion{.version = *version});
  }
  return Fail(Errc::kInvalidArgument,
              "'expectedVersion' must be 'any', 'none', or the stream's version: a whole number "
              "from 0 to 9,007,199,254,740,991.");
}

}  // namespace notify
