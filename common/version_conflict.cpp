#include "common/version_conflict.hpp"

#include <charconv>
#include <string_view>

namespace notify {
namespace {

constexpr std::string_view kPointer = "/currentVersion";

}  // namespace

Error VersionConflict(std::uint64_t current, std::string detail, std::string hint) {
  Error error = Fail(Errc::kStreamVersionConflict, std::move(detail), std::move(hint));
  error.errors.push_back({std::string(kPointer), std::to_string(current), 0});
  return error;
}

std::optional<std::uint64_t> CurrentVersionOf(const Error& error) {
  if (error.code != Errc::kStreamVersionConflict || error.errors.size() != 1 ||
      error.errors.front().pointer != kPointer) {
    return std::nullopt;
  }
  const std::string& digits = error.errors.front().detail;
  std::uint64_t version = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return version;
}

}  // namespace notify
