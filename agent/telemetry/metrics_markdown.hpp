#pragma once

#include <string>

namespace notify::agent::telemetry {

/// docs/metrics.md: every family of the table, with its type, labels and meaning.
std::string MetricsMarkdown();

}  // namespace notify::agent::telemetry
