#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/flow/tenant_handle.hpp"
#include "agent/inbox/item.hpp"
#include "agent/inbox/marking.hpp"
#include "agent/store/database.hpp"
#include "common/random.hpp"

namespace notify::agent::inbox {

/// The inboxes of one tenant's users in its state.db, and the position in its log up to which they
/// are what the log says. What a notification shows is sealed with the tenant's key.
///
/// Lifetime: short; refers to the database and to `random`.
/// Threads:  that of the database.
class InboxStore {
 public:
  /// Its tables in state.db.
  static const store::StageSchema kSchema;

  InboxStore(store::Database& state, TenantHandle tenant, Random& random)
      : state_(state), tenant_(std::move(tenant)), random_(random) {}

  /// The last event that is in them; zero before the first.
  Result<Position> Stand();
  Status MoveTo(Position position);

  /// Adds an item; one that is there already stays as it is.
  Status Add(const Item& item);
  /// Does what a marking says to the items that it means, at `at_ms` (Unix ms). Doing it again
  /// changes nothing.
  Status Apply(const Marking& marking, std::int64_t at_ms);
  /// How many items the marking would change; its `ids` become those of them.
  Result<std::size_t> Narrow(Marking& marking);

  struct Listed {
    std::vector<Item> items;
    bool more = false;
  };
  /// Items behind `before` (0: from the newest), the newest first, created at `since_ms` or later:
  /// at most `limit`, and about `max_bytes` of content, but at least one.
  Result<Listed> List(std::string_view user, View view, Sequence before, std::int64_t since_ms,
                      std::size_t limit, std::size_t max_bytes);
  /// How many unread items `user` has, created at `since_ms` or later.
  Result<std::size_t> Unread(std::string_view user, std::int64_t since_ms);
  /// Where a notification of `user` stands; nothing where it is not in the inbox.
  Result<std::optional<Sequence>> Find(std::string_view user, std::string_view notification);

  /// Removes the oldest items of `user` beyond `most`.
  Status Trim(std::string_view user, std::size_t most);
  /// Removes the tenant's oldest items beyond `most`.
  Status TrimAll(std::size_t most);
  /// Removes at most `limit` items, the oldest, that were created before `before_ms`. The users
  /// that lost an unread one.
  Result<std::vector<std::string>> Expire(std::int64_t before_ms, std::size_t limit);
  /// When the oldest item was created, Unix ms; nothing where there is no item.
  Result<std::optional<std::int64_t>> Oldest();
  /// Removes everything; the log is to be read again from `position`.
  Status BeginAgain(Position position);

 private:
  std::string Context(std::string_view notification) const;
  Result<std::size_t> Changing(const Marking& marking, std::string_view id);

  store::Database& state_;
  const TenantHandle tenant_;
  Random& random_;
};

}  // namespace notify::agent::inbox
