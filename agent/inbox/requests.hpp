#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/inbox/item.hpp"
#include "common/result.hpp"

/// What clients ask of an inbox, as hub and API read it. Threads: any.
namespace notify::agent::inbox {

/// Which notifications are meant: `{"ids": […]}` or `{"upTo": id}`.
struct Selection {
  std::vector<std::string> ids;
  std::string up_to;  ///< Empty: `ids` says it.
};

/// Reads a selection. kInvalidJson; kInvalidArgument with a pointer for each mistake: exactly one
/// of the two, and 1 to Marking::kMostIds ids.
Result<Selection> ReadSelection(std::string_view json);

/// A page of an inbox: `{"state"?, "limit"?, "cursor"?}`.
struct Query {
  View view = View::kOpen;
  std::size_t limit = 50;
  std::string after;  ///< Page::next of the page before; empty: begin with the newest.
  std::size_t max_bytes = 256 << 10;  ///< Of the answer, about; at least one item comes.
};

/// The view with that name; empty: the open ones. kInvalidArgument names those that there are.
Result<View> ReadView(std::string_view name);

/// Reads the argument of the hub's `Inbox`. Errors as ReadSelection; `limit` is 1 to `most`.
Result<Query> ReadQuery(std::string_view json, std::size_t most);

}  // namespace notify::agent::inbox
