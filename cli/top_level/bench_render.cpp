#include "cli/top_level/bench_render.hpp"

#include "cli/files.hpp"
#include "cli/top_level/bench_report.hpp"
#include "common/template_engine/data.hpp"
#include "common/template_engine/template.hpp"

namespace notify::cli::top_level {
namespace {

namespace engine = template_engine;

constexpr std::string_view kTemplate =
    R"(Hello {{user.name}}, your quote {{data.quoteId}} for {{number data.amount 2}} {{data.from}}
{{#if data.fees}}Fees: {{#each data.fees}}{{@key}} {{this}} {{/each}}{{else}}No fees.{{/if}}
)";
constexpr std::string_view kData =
    R"({"user":{"name":"Alice"},"data":{"quoteId":"Q-1001","amount":12500,"from":"USD",)"
    R"("fees":{"fixed":12.5,"share":0.1}}})";

Result<std::string> TextOf(const std::string& file, std::string_view otherwise, Streams& streams) {
  return file.empty() ? std::string(otherwise) : ReadInput(file, streams);
}

}  // namespace

Command& AddBenchRender(Command& bench, Factory& factory, RunHook<BenchRenderOptions> run) {
  auto& command = bench.Add("render", "Render one template over and over, without an agent");
  auto& options = command.Own(BenchRenderOptions{.factory = &factory});
  command.Argument("FILE", options.file, "the template (default: a small one)");
  command.Option("--data", "FILE", options.data, "JSON that it sees");
  command.Option("--count", "N", options.count, "stop after so many");
  command.Option("--seconds", "N", options.seconds, "stop after so long (default 2)");
  command.Example("notifyctl bench render -o json", "the engine by itself");
  command.Example("notifyctl bench render welcome.html.hbs --data alice.json",
                  "a template of yours");
  return command.Runs(options, std::move(run));
}

Status RunBenchRender(const BenchRenderOptions& options) {
  auto& factory = *options.factory;
  const auto source = TextOf(options.file, kTemplate, factory.streams());
  if (!source) return source.error();
  const auto json = TextOf(options.data, options.file.empty() ? kData : "{}", factory.streams());
  if (!json) return json.error();
  const auto data = engine::Data::Parse(*json);
  if (!data) return data.error();
  const auto compiled = engine::Template::Compile(*source, "template");
  if (!compiled) return compiled.error().ToError();
  BenchReport report{.operation = "render"};
  report.config.Set("template", options.file.empty() ? "built-in" : options.file);
  const auto& clock = factory.clock();
  const auto begun = clock.Now();
  auto now = begun;
  std::string text;
  while (options.count ? report.count < *options.count
                       : now - begun < std::chrono::seconds(options.seconds)) {
    text.clear();
    const auto rendered = engine::Render(*compiled, data->value(), {}, text);
    if (!rendered) return rendered.error().ToError();
    const auto after = clock.Now();
    report.latencies.push_back(after - now);
    now = after;
    ++report.count;
  }
  report.took = now - begun;
  report.config.Set("outputBytes", text.size());
  return PrintReport(factory, std::move(report));
}

}  // namespace notify::cli::top_level
