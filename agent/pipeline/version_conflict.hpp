#pragma once

#include "agent/eventlog/stream_numbering.hpp"
#include "common/result.hpp"

namespace notify::agent::pipeline {

/// What a writer is told whose event its stream did not take: kStreamVersionConflict.
Error VersionConflict(const eventlog::StreamConflict& conflict);

}  // namespace notify::agent::pipeline
