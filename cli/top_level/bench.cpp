#include "cli/top_level/bench.hpp"

#include "cli/top_level/bench_fanout.hpp"
#include "cli/top_level/bench_ingest.hpp"
#include "cli/top_level/bench_latency.hpp"
#include "cli/top_level/bench_render.hpp"

namespace notify::cli::top_level {

void AddBench(Command& root, Factory& factory) {
  auto& noun = root.Add("bench", "Measure an agent, or the template engine", {"benchmark"});
  noun.Describe(
      "Each prints operation, config, count, seconds, perSecond, p50Ms, p99Ms, p999Ms, "
      "errors, cpuSeconds and rssBytes (of this process). Exit 1 where something was lost, "
      "repeated or refused.");
  AddBenchIngest(noun, factory, RunBenchIngest);
  AddBenchFanout(noun, "fanout", factory, RunBenchFanout);
  AddBenchLatency(noun, factory, RunBenchLatency);
  AddBenchRender(noun, factory, RunBenchRender);
}

}  // namespace notify::cli::top_level
