#include "cli/template/preview.hpp"

#include <algorithm>
#include <filesystem>

#include "cli/files.hpp"
#include "cli/output/table.hpp"
#include "cli/template/data.hpp"
#include "cli/template/folder.hpp"

namespace notify::cli::templates {
namespace {

namespace fs = std::filesystem;

// Without --data: the sample asked for, else the first by name.
Result<std::string> SampleOf(const TemplatePreviewOptions& options) {
  if (!options.data.empty()) return options.data;
  const auto folder = Join(options.folder, "samples");
  std::vector<std::string> samples;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().extension() == ".json") samples.push_back(entry.path().string());
  }
  std::ranges::sort(samples);
  if (options.sample.empty() && !samples.empty()) return samples.front();
  const auto wanted = Join(folder, options.sample + ".json");
  if (!options.sample.empty() && std::ranges::find(samples, wanted) != samples.end()) return wanted;
  return Fail(Errc::kNotFound,
              options.sample.empty() ? "There is no sample in " + folder + "."
                                     : "There is no sample " + wanted + ".",
              "give data with --data FILE");
}

Value Describe(std::string_view channel, const template_engine::RenderedNotification& rendered) {
  auto value = Value::Object();
  value.Set("channel", channel).SetText("title", rendered.title).Set("body", rendered.body);
  value.SetText("text", rendered.text);
  if (!rendered.data_json.empty())
    value.Set("data", Value::Parse(rendered.data_json).value_or(Value{}));
  return value.SetText("contentType", rendered.content_type);
}

// Lines of its own, so that what was rendered is seen as it is; control characters aside.
std::string Shown(const std::string& text) {
  std::string shown;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    shown += output::WithoutControls(text.substr(at, end - at)) + "\n";
    at = end + 1;
  }
  return shown;
}

void PrintForPeople(Streams& streams, const Value& channel, bool first) {
  const auto heading = "== " + channel.Text("channel");
  streams.Out(first ? "" : "\n");
  streams.Out(streams.colour() ? "\x1b[1m" + heading + "\x1b[0m\n" : heading + "\n");
  if (const auto title = channel.Text("title"); !title.empty()) {
    streams.Out("title: " + output::WithoutControls(title) + "\n");
  }
  streams.Out(Shown(channel.Text("body")));
  if (const auto text = channel.Text("text"); !text.empty()) streams.Out("-- text\n" + Shown(text));
  if (const auto* data = channel.Find("data")) streams.Out("data: " + data->Compact() + "\n");
}

Result<Value> RenderAll(const TemplatePreviewOptions& options, const Folder& folder,
                        const template_engine::Data& data) {
  const auto missing = ParseMissing(options.missing);
  if (!missing) return missing.error();
  auto channels = Value::Array();
  for (const auto& channel :
       options.channels.empty() ? folder.compiled.Channels() : options.channels) {
    const auto rendered = folder.compiled.Render(channel, data.value(), {.missing = *missing});
    if (!rendered) return rendered.error().ToError();
    channels.Add(Describe(channel, *rendered));
  }
  auto value = Value::Object();
  value.Set("template", folder.id).Set("channels", std::move(channels));
  return value;
}

}  // namespace

Command& AddTemplatePreview(Command& noun, Factory& factory, RunHook<TemplatePreviewOptions> run) {
  auto& command = noun.Add("preview", "Show what a template folder gives for each channel");
  auto& options = command.Own(TemplatePreviewOptions{.factory = &factory});
  command.Describe("Renders here, without an agent, with the engine that the agent uses.");
  command.Argument("DIR", options.folder, "the template's folder").Required();
  command.Option("--data", "FILE", options.data, "JSON or YAML that it sees; - is standard input");
  command.Option("--sample", "NAME", options.sample,
                 "a file in its samples folder (default: the first)");
  command.Option("--channel", "CHANNEL", options.channels, "only this one (repeatable)");
  command.Option("--partials", "DIR", options.partials,
                 "what {{> name}} names (default: partials and layouts beside the folder)");
  command
      .Option("--missing", "HOW", options.missing,
              "an unknown variable is an error (default), "
              "a marker or empty")
      .OneOf({"error", "marker", "empty"});
  command.Example("notifyctl template preview templates/fx-quote-created", "with its first sample");
  command.Example(
      "notifyctl template preview templates/order-paid --data order.json --channel in_app",
      "one channel, with data of your own");
  return command.Runs(options, std::move(run));
}

Status RunTemplatePreview(const TemplatePreviewOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto folder = LoadFolder(options.folder, options.partials);
  if (!folder) return folder.error();
  const auto sample = SampleOf(options);
  if (!sample) return sample.error();
  const auto data = ReadData(*sample, factory.streams());
  if (!data) return data.error();
  const auto rendered = RenderAll(options, *folder, *data);
  if (!rendered) return rendered.error();
  if (printer->machine_readable()) {
    printer->Object(*rendered, {}, "template");
    return {};
  }
  bool first = true;
  for (const auto& channel : rendered->Find("channels")->items()) {
    PrintForPeople(factory.streams(), channel, std::exchange(first, false));
  }
  return {};
}

}  // namespace notify::cli::templates
