#pragma once

#include "agent/store/database.hpp"
#include "common/ids.hpp"

namespace notify::agent::store {

/// Gives a log a new epoch in what refers to it: every number `from` in a column named `epoch` or
/// ending in `_epoch`, of every table, becomes `to`. That is where stages keep positions (contract
/// 3), so that a restored tenant's cursors stand in its restored log. All or nothing.
Status ReplaceEpoch(Database& database, Epoch from, Epoch to);

}  // namespace notify::agent::store
