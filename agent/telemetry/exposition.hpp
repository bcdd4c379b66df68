#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/telemetry/metrics.hpp"
#include "agent/telemetry/process_stats.hpp"

namespace notify::agent::telemetry {

/// The content type of what Exposition() writes.
inline constexpr std::string_view kExpositionContentType =
    "text/plain; version=0.0.4; charset=utf-8";

/// All families in the order of the table, series by their labels: Prometheus text format 0.0.4.
/// Without `process`, the `process_*` families have no sample.
/// Threads: any; counting goes on meanwhile.
std::string Exposition(const Metrics& metrics, const std::optional<ProcessStats>& process);

}  // namespace notify::agent::telemetry
