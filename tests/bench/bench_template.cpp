// Rendering and compiling the templates of compare/template_cases.json; compare/ runs the same
// under handlebars.js.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/template_engine/data.hpp"
#include "common/template_engine/template.hpp"

namespace {

using notify::template_engine::Data;
using notify::template_engine::RenderOptions;
using notify::template_engine::Template;

struct Case {
  std::string name;
  std::string source;
  Data data;
};

std::vector<Case> Cases() {
  std::ifstream file(NOTIFY_SOURCE_DIR "/tests/bench/compare/template_cases.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::vector<Case> cases;
  for (const auto& one : nlohmann::ordered_json::parse(text)) {
    cases.push_back({one["name"], one["template"], Data::From(one["data"])});
  }
  return cases;
}

void RenderWarm(benchmark::State& state, const Case& one) {
  const Template compiled = Template::Compile(one.source, one.name).value();
  std::string out;
  for (auto _ : state) {
    out.clear();
    const auto done = Render(compiled, one.data.value(), RenderOptions{}, out);
    if (!done) state.SkipWithError(done.error().detail.c_str());
    benchmark::DoNotOptimize(out.data());
  }
  state.counters["bytes"] = static_cast<double>(out.size());
}

void Compile(benchmark::State& state, const Case& one) {
  for (auto _ : state) benchmark::DoNotOptimize(Template::Compile(one.source, one.name));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Case> cases = Cases();
  for (const Case& one : cases) {
    const auto render = [&one](benchmark::State& state) { RenderWarm(state, one); };
    const auto compile = [&one](benchmark::State& state) { Compile(state, one); };
    benchmark::RegisterBenchmark(("render/" + one.name).c_str(), render);
    benchmark::RegisterBenchmark(("compile/" + one.name).c_str(), compile);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return EXIT_SUCCESS;
}
