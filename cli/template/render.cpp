#include "cli/template/render.hpp"

#include <algorithm>

#include "cli/files.hpp"
#include "cli/template/batch.hpp"
#include "cli/template/data.hpp"
#include "cli/template/folder.hpp"

namespace notify::cli::templates {
namespace {

namespace engine = template_engine;

std::string_view BaseName(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// A channel's file is escaped as the agent does it; any other name by its ending.
engine::Escape EscapeOf(const TemplateRenderOptions& options) {
  if (!options.escape.empty()) return ParseEscape(options.escape).value_or(engine::Escape::kHtml);
  const auto name = BaseName(options.file);
  for (const auto& known : engine::ChannelFiles()) {
    if (known.file == name) return known.escape;
  }
  if (name.ends_with(".txt.hbs")) return engine::Escape::kNone;
  if (name.ends_with(".json.hbs")) return engine::Escape::kJson;
  if (name.ends_with(".yaml.hbs")) return engine::Escape::kYaml;
  return engine::Escape::kHtml;
}

Result<engine::Partials> CompilePartials(const std::string& folder) {
  engine::Partials partials;
  if (folder.empty()) return partials;
  const auto files = ReadPartials(folder);
  if (!files) return files.error();
  for (const auto& [name, text] : *files) {
    auto compiled = engine::Template::Compile(text, name);
    if (!compiled) return compiled.error().ToError();
    partials.emplace(name, std::move(*compiled));
  }
  return partials;
}

Status RenderOne(const TemplateRenderOptions& options, engine::Missing missing) {
  auto& streams = options.factory->streams();
  if (options.file.empty()) {
    return Fail(Errc::kUsage, "Which file?", "notifyctl template render FILE --data FILE");
  }
  const auto source = ReadInput(options.file, streams);
  if (!source) return source.error();
  const auto data =
      options.data.empty() ? engine::Data::Parse("{}") : ReadData(options.data, streams);
  if (!data) return data.error();
  const auto partials = CompilePartials(options.partials);
  if (!partials) return partials.error();
  const auto compiled = engine::Template::Compile(*source, options.file);
  if (!compiled) return compiled.error().ToError();
  engine::RenderOptions how;
  how.escape = EscapeOf(options);
  how.missing = missing;
  how.partials = &*partials;
  std::string text;
  const auto rendered = engine::Render(*compiled, data->value(), how, text);
  if (!rendered) return rendered.error().ToError();
  streams.Out(text);
  return {};
}

}  // namespace

Command& AddTemplateRender(Command& noun, Factory& factory, RunHook<TemplateRenderOptions> run) {
  auto& command = noun.Add("render", "Render one file, or a line of requests each");
  auto& options = command.Own(TemplateRenderOptions{.factory = &factory});
  command.Describe(
      "Renders here, without an agent, and prints the text alone. With --batch standard input has "
      "a "
      "request a line, {\"template\", \"data\", \"partials\"?, \"options\"?}, and standard output "
      "an "
      "answer a line: {\"output\"} or {\"error\": {code, line, column, detail}}.");
  command.Argument("FILE", options.file, "the template; - is standard input");
  command.Option("--data", "FILE", options.data, "JSON or YAML that it sees; - is standard input");
  command.Option("--partials", "DIR", options.partials, "what {{> name}} names");
  command
      .Option("--missing", "HOW", options.missing,
              "an unknown variable is an error (default), "
              "a marker or empty")
      .OneOf({"error", "marker", "empty"});
  command
      .Option("--escape", "KIND", options.escape, "for variables (default: by the file's ending)")
      .OneOf({"html", "json", "yaml", "none"});
  command.Flag("--batch", options.batch, "a request a line from standard input");
  command.Example("notifyctl template render welcome.html.hbs --data alice.json", "one file");
  command.Example("notifyctl template render --batch --missing empty < requests.ndjson",
                  "thousands, in one process");
  return command.Runs(options, std::move(run));
}

Status RunTemplateRender(const TemplateRenderOptions& options) {
  const auto missing = ParseMissing(options.missing);
  if (!missing) return missing.error();
  if (!options.batch) return RenderOne(options, *missing);
  auto& streams = options.factory->streams();
  for (std::string line; streams.ReadLine(line);) {
    if (line.empty()) continue;
    streams.Out(AnswerLine(line, *missing) + "\n");
    // A program may wait for each answer before it asks again.
    auto flushed = streams.Flush();
    if (!flushed) return flushed;
  }
  return {};
}

}  // namespace notify::cli::templates
