#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.hpp"

namespace notify {

/// kStreamVersionConflict: the stream is at `current`, which `detail` explains. On the wire the
/// version is the problem's member `currentVersion`; within an Error it is among its `errors`,
/// because no other code has one.
Error VersionConflict(std::uint64_t current, std::string detail, std::string hint = {});

/// The version in an error of VersionConflict; nothing in any other.
std::optional<std::uint64_t> CurrentVersionOf(const Error& error);

}  // namespace notify
