#include "cli/log/verify.hpp"

#include <array>

namespace notify::cli::log {
namespace {

constexpr std::array<output::Column, 7> kLines = {{{"TENANT", "tenant"},
                                                   {"WHOLE", "whole"},
                                                   {"BLOCKS", "blocks"},
                                                   {"EVENTS", "events"},
                                                   {"BYTES", "bytes"},
                                                   {"DAMAGED EVENTS", "damagedEvents"},
                                                   {"DAMAGED RUNS OF KEYS", "damagedKeyRuns"}}};

}  // namespace

Command& AddLogVerify(Command& noun, Factory& factory, RunHook<LogVerifyOptions> run) {
  auto& command = noun.Add("verify", "Read and prove every block of a tenant's log", {"check"});
  const auto& options = command.Own(LogVerifyOptions{.factory = &factory});
  command.Describe(
      "Checksums, seals, numbers and the runs of duplicate keys, while the agent serves. Exit code "
      "1 where something is damaged; -o json lists the ranges. Readers are told of a damaged range "
      "as a gap and get everything else.");
  command.Example("notifyctl log verify --tenant blue", "is all of blue's log readable?");
  command.Example("notifyctl log verify --tenant blue -o json", "which events are not");
  return command.Runs(options, std::move(run));
}

Status RunLogVerify(const LogVerifyOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto check = (*client)->Call({.operation = "verifyLog"});
  if (!check) return std::move(check.error());
  printer->Object(*check, kLines, "tenant");
  if (check->IsTrue("whole")) return {};
  return Fail(Errc::kInternal, "A part of the log is damaged.",
              "Take the ranges from `-o json`; restore them from a backup, or publish them again.");
}

}  // namespace notify::cli::log
