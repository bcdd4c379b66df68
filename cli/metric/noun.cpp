#include "cli/metric/noun.hpp"

#include "cli/metric/query.hpp"

namespace notify::cli::metric {

void AddNoun(Command& root, Factory& factory) {
  auto& noun =
      root.Add("metric", "Counts by tenant and type, exact for all tenants", {"metrics", "met"});
  AddMetricQuery(noun, factory, RunMetricQuery);
}

}  // namespace notify::cli::metric
