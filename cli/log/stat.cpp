#include "cli/log/stat.hpp"

#include <array>

namespace notify::cli::log {
namespace {

constexpr std::array<output::Column, 21> kLines = {{{"TENANT", "tenant"},
                                                    {"EPOCH", "epoch"},
                                                    {"FIRST", "firstSequence"},
                                                    {"LAST", "lastSequence"},
                                                    {"FIRST RECORDED", "firstRecordedAt"},
                                                    {"LAST RECORDED", "lastRecordedAt"},
                                                    {"BLOCKS IN SEGMENTS", "storedBlocks"},
                                                    {"BYTES IN SEGMENTS", "storedBytes"},
                                                    {"SEGMENTS", "segments"},
                                                    {"RUNS OF KEYS", "keyRuns"},
                                                    {"KEYS IN RUNS", "keys"},
                                                    {"BLOCKS IN JOURNAL", "journalBlocks"},
                                                    {"BYTES IN JOURNAL", "journalBytes"},
                                                    {"KEPT FOR SECONDS", "limits.maxAgeSeconds"},
                                                    {"LONGER UP TO BYTES", "limits.keepBytes"},
                                                    {"AT MOST BYTES", "limits.maxBytes"},
                                                    {"AT MOST EVENTS", "limits.maxEvents"},
                                                    {"MAY STORE BYTES", "limits.storageBytes"},
                                                    {"HELD BY", "heldBy"},
                                                    {"DISK", "disk"},
                                                    {"REFUSED", "refused"}}};

}  // namespace

Command& AddLogStat(Command& noun, Factory& factory, RunHook<LogStatOptions> run) {
  auto& command = noun.Add("stat", "Show where the events of a tenant's log lie, and how many");
  const auto& options = command.Own(LogStatOptions{.factory = &factory});
  command.Describe(
      "What is committed lies in the journal first and moves to the tenant's own segments in the "
      "background. Bytes are compressed and encrypted. The limits say when retention removes the "
      "oldest events; `holds` in -o json lists who keeps which from it.");
  command.Example("notifyctl log stat --tenant blue", "the log of blue");
  return command.Runs(options, std::move(run));
}

Status RunLogStat(const LogStatOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto stat = (*client)->Call({.operation = "getLogStat"});
  if (!stat) return std::move(stat.error());
  printer->Object(*stat, kLines, "tenant");
  return {};
}

}  // namespace notify::cli::log
