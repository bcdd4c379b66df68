#pragma once

#include "common/api/routes.hpp"

namespace notify::api {

/// Whether the first answer under an `Idempotency-Key` is kept for repeats (contract 6): of each
/// POST, except that events have the key as their duplicate key. Threads: any.
bool KeepsAnswers(const Route& route);

}  // namespace notify::api
