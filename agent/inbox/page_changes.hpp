#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/flow/event_source.hpp"
#include "agent/inbox/inbox_store.hpp"

namespace notify::agent::inbox {

/// What one page of a log changes in its tenant's inboxes.
///
/// Threads:  one.
class PageChanges {
 public:
  /// Reads the events behind `from`. Events that were imported, or stored again by a replay, are
  /// history and change nothing.
  PageChanges(const ReadPage& page, Position from);

  bool empty() const { return changes_.empty(); }
  /// Writes them, in their order, and drops what a user has beyond `most_items`, and the tenant
  /// beyond `most_of_all`. Within the caller's transaction.
  Status WriteTo(InboxStore& store, std::size_t most_items, std::size_t most_of_all) const;
  /// Whose inboxes they are.
  const std::set<std::string>& users() const { return users_; }

 private:
  struct Marked {
    Marking marking;
    std::int64_t at_ms = 0;
  };

  void Look(const CommittedBatch& batch, std::size_t index);

  std::vector<std::variant<Item, Marked>> changes_;
  std::set<std::string> users_;
};

}  // namespace notify::agent::inbox
