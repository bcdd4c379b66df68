#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"

namespace notify::agent::inbox {

/// One notification in one user's inbox.
struct Item {
  std::string notification;  ///< The id of the notification.
  std::string user;
  Sequence sequence;             ///< Of its `notification.created` in the tenant's log.
  std::int64_t created_ms = 0;   ///< Unix ms, as the log recorded it.
  std::int64_t read_ms = 0;      ///< 0: it is unread.
  std::int64_t archived_ms = 0;  ///< 0: it is not archived.
  std::string content;           ///< A JSON object, as it was shown live.
};

/// Which items of an inbox somebody asks for.
enum class View : std::uint8_t {
  kOpen,      ///< Those that are not archived.
  kUnread,    ///< Of the open ones those that are unread: what the badge counts.
  kRead,      ///< Of the open ones those that were read.
  kArchived,  ///< The archived ones.
  kAll,
};

/// `open`, `unread`, `read`, `archived`, `all`; nothing for another word.
std::optional<View> ViewFromName(std::string_view name);

/// `{id, createdAt, readAt, archivedAt, position, notification}` of an item in the log of `epoch`.
std::string ItemJson(const Item& item, Epoch epoch);

/// What an item keeps of a larger notification: no more than its title.
constexpr std::size_t kMostContentBytes = 64 << 10;

/// The content of a notification's item: `shown` as it is, or with `truncated: true` and without
/// body and data where that is larger than kMostContentBytes.
std::string ContentOf(std::string_view shown);

}  // namespace notify::agent::inbox
