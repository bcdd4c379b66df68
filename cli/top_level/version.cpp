#include "cli/top_level/version.hpp"

#include <array>

namespace notify::cli::top_level {

Command& AddVersion(Command& root, Factory& factory, RunHook<VersionOptions> run) {
  auto& command = root.Add("version", "Show the version of this program");
  const auto& options = command.Own(VersionOptions{.factory = &factory});
  command.Describe("Asks no agent; `notifyctl agent status` shows the agent's version.");
  command.Example("notifyctl version", "one line");
  command.Example("notifyctl version -o json", "for scripts");
  return command.Runs(options, std::move(run));
}

Status RunVersion(const VersionOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  if (!printer->machine_readable()) {
    options.factory->streams().Out("notifyctl " NOTIFY_VERSION "\n");
    return {};
  }
  auto value = Value::Object();
  value.Set("version", NOTIFY_VERSION).Set("compiler", __VERSION__);
  printer->Object(value, {}, "version");
  return {};
}

}  // namespace notify::cli::top_level
