#include "cli/log/compact.hpp"

#include <array>
#include <charconv>
#include <chrono>

#include "cli/interrupts.hpp"
#include "cli/output/progress.hpp"

namespace notify::cli::log {
namespace {

constexpr std::array<output::Column, 8> kReport = {{{"TENANT", "tenant"},
                                                    {"STATE", "state"},
                                                    {"DEAD BYTES BEFORE", "plan.deadBytes"},
                                                    {"SEGMENTS BEFORE", "plan.segments"},
                                                    {"BLOCKS MERGED", "mergedBlocks"},
                                                    {"BYTES WRITTEN AGAIN", "writtenBytes"},
                                                    {"BYTES FREED", "freedBytes"},
                                                    {"ERROR", "error"}}};
constexpr std::array<output::Column, 7> kPlan = {
    {{"TENANT", "tenant"},
     {"SEGMENTS", "plan.segments"},
     {"BYTES", "plan.segmentBytes"},
     {"DEAD BYTES", "plan.deadBytes"},
     {"SMALL BLOCKS", "plan.smallBlocks"},
     {"SEGMENTS TO WRITE AGAIN", "plan.rewrittenSegments"},
     {"BYTES TO WRITE AGAIN", "plan.rewrittenBytes"}}};

constexpr std::uint64_t kWhole = 1000;
constexpr std::chrono::milliseconds kPoll(200);

std::uint64_t ProgressOf(const Value& report) {
  const std::string text = report.Text("progress");
  double progress = 0;
  std::from_chars(text.data(), text.data() + text.size(), progress);
  return static_cast<std::uint64_t>(progress * static_cast<double>(kWhole));
}

Result<Value> WaitFor(Factory& factory, client::ApiClient& client, Value report) {
  output::Progress bar(factory.streams(), "compact", kWhole);
  const auto interrupts = Interrupts::Catch();
  while (report.Text("state") == "running") {
    bar.Update(ProgressOf(report));
    if (interrupts.Wait(kPoll)) {
      return Fail(Errc::kInterrupted, "Not waiting any longer; the agent goes on compacting.",
                  "notifyctl log compact waits for it again");
    }
    auto answer = client.Call({.operation = "getLogCompaction"});
    if (!answer) return answer;
    report = std::move(*answer);
  }
  return report;
}

}  // namespace

Command& AddLogCompact(Command& noun, Factory& factory, RunHook<LogCompactOptions> run) {
  auto& command = noun.Add("compact", "Give back what is dead in the segments of a tenant's log");
  auto& options = command.Own(LogCompactOptions{.factory = &factory});
  command.Flag("--dry-run", options.dry_run, "show what there would be to do");
  command.Flag("--no-wait", options.no_wait, "only begin it");
  command.Describe(
      "Merges small blocks that follow one another, and writes again what is alive in segments of "
      "which a part is dead: removed by retention, or merged into other blocks. The agent serves "
      "meanwhile, and a crash at any point loses nothing. While one runs, this waits for it.");
  command.Example("notifyctl log compact --tenant blue --dry-run", "what it would give back");
  command.Example("notifyctl log compact --tenant blue", "with a progress bar on a terminal");
  return command.Runs(options, std::move(run));
}

Status RunLogCompact(const LogCompactOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  client::Request request{.operation = "compactLog"};
  if (options.dry_run) request.With("dryRun", "true");
  auto report = (*client)->Call(request);
  if (!report) return std::move(report.error());
  if (options.dry_run) {
    printer->Object(*report, kPlan, "tenant");
    return {};
  }
  if (!options.no_wait) {
    report = WaitFor(*options.factory, **client, std::move(*report));
    if (!report) return std::move(report.error());
  }
  printer->Object(*report, kReport, "tenant");
  if (report->Text("state") != "failed") return {};
  return Fail(Errc::kInternal, "The log was not compacted: " + report->Text("error"),
              "Doing it again goes on with what is left.");
}

}  // namespace notify::cli::log
