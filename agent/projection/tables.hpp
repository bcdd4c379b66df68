#pragma once

#include "agent/store/database.hpp"

namespace notify::agent::projection {

/// The tables of projections in state.db: the counts of metrics, and what tenants registered.
extern const store::StageSchema kProjectionSchema;

}  // namespace notify::agent::projection
