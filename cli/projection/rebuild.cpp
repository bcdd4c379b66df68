#include "cli/projection/rebuild.hpp"

#include <charconv>
#include <chrono>

#include "cli/interrupts.hpp"
#include "cli/output/progress.hpp"
#include "cli/projection/columns.hpp"

namespace notify::cli::projection {
namespace {

constexpr std::uint64_t kWhole = 1000;
constexpr auto kPoll = std::chrono::milliseconds(300);

std::uint64_t ProgressOf(const Value& projection) {
  const std::string text = projection.Text("rebuild.progress");
  double progress = 0;
  std::from_chars(text.data(), text.data() + text.size(), progress);
  return static_cast<std::uint64_t>(progress * static_cast<double>(kWhole));
}

/// The projection as it is when it serves what was built.
Result<Value> Follow(Factory& factory, client::ApiClient& client, Value projection) {
  const std::string name = projection.Text("name");
  const auto until =
      factory.clock().Now() + std::chrono::seconds(factory.globals().timeout_seconds);
  const auto interrupts = Interrupts::Catch();
  output::Progress bar(factory.streams(), "rebuild", kWhole);
  while (projection.Text("status") == "rebuilding") {
    bar.Update(ProgressOf(projection));
    const std::string hint = "It goes on: notifyctl projection get " + name;
    if (interrupts.Wait(kPoll)) {
      return Fail(Errc::kInterrupted, "The rebuild is not waited for any more.", hint);
    }
    if (factory.clock().Now() >= until) {
      return Fail(Errc::kTimeout, "The rebuild is not done yet.", hint);
    }
    auto next = client.Call({.operation = "getProjection", .path = {{"id", name}}});
    if (!next) return next;
    projection = std::move(*next);
  }
  return projection;
}

}  // namespace

Command& AddProjectionRebuild(Command& noun, Factory& factory,
                              RunHook<ProjectionRebuildOptions> run) {
  auto& command = noun.Add("rebuild", "Build a projection again from the log");
  auto& options = command.Own(ProjectionRebuildOptions{.factory = &factory});
  command.Describe(
      "The states that are there serve until the new ones have caught up; a restart of the agent "
      "goes on where it was. Where the log no longer begins at its first event this is refused "
      "without --from-retained, because what is gone cannot be counted again.\n\n--wait follows it "
      "at most --timeout seconds.");
  command.Argument("NAME", options.name, "of the projection").Required();
  command.Flag("--from-retained", options.from_retained,
               "begin at the oldest event that is still there, where the first are gone");
  command.Flag("--wait", options.wait, "until it serves, with a progress bar on a terminal");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl projection rebuild balance --tenant blue --wait --timeout 3600",
                  "after a definition or an upcaster was wrong");
  command.Example("notifyctl projection rebuild metrics --tenant blue", "the built-in one");
  return command.Runs(options, std::move(run));
}

Status RunProjectionRebuild(const ProjectionRebuildOptions& options) {
  auto& factory = *options.factory;
  client::Request request{.operation = "rebuildProjection", .path = {{"id", options.name}}};
  if (options.from_retained) request.With("fromRetained", "true");
  if (options.dry_run) return PrintDryRun(factory, request);
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  auto projection = (*client)->Call(request);
  if (!projection) return std::move(projection.error());
  if (options.wait) {
    projection = Follow(factory, **client, std::move(*projection));
    if (!projection) return std::move(projection.error());
  }
  printer->Object(*projection, ProjectionColumns(), "name");
  if (!options.wait) {
    printer->Note("The rebuild goes on in the agent: notifyctl projection get " + options.name);
  }
  return {};
}

}  // namespace notify::cli::projection
