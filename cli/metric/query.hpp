#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/factory.hpp"

namespace notify::cli::metric {

struct MetricQueryOptions {
  Factory* factory = nullptr;
  std::string metric;
  std::string by;
  std::string since;
  std::string until;
};

Command& AddMetricQuery(Command& noun, Factory& factory, RunHook<MetricQueryOptions> run);
/// Prints `{metric, rows}`, the rows grouped by the labels in `by`.
Status RunMetricQuery(const MetricQueryOptions& options);

}  // namespace notify::cli::metric
