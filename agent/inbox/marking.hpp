#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/ids.hpp"

namespace notify::agent::inbox {

/// What a user does to notifications.
enum class Action : std::uint8_t { kRead, kUnread, kArchive, kUnarchive };

/// Up to which notification something is done, and where that stands in the log.
struct UpTo {
  std::string notification;
  Sequence sequence;
};

/// Something done to one user's notifications: to some by their ids, or to all up to one.
struct Marking {
  static constexpr std::size_t kMostIds = 500;

  Action action = Action::kRead;
  std::string user;
  std::vector<std::string> ids;
  std::optional<UpTo> up_to;  ///< Where it is there, `ids` is empty.
};

}  // namespace notify::agent::inbox
