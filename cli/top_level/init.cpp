#include "cli/top_level/init.hpp"

#include "cli/files.hpp"
#include "cli/top_level/init_files.hpp"

namespace notify::cli::top_level {
namespace {

constexpr std::string_view kNext = R"(
Next:
  notifyd --config notifyd.yaml &
  notifyctl tenant create -f tenant.yaml
  notifyctl template push templates/order-paid --tenant demo
  notifyctl trigger put -f trigger.yaml --tenant demo
  notifyctl event tail --tenant demo &
  notifyctl event publish --tenant demo -f event.json
)";

}  // namespace

Command& AddInit(Command& root, Factory& factory, RunHook<InitOptions> run) {
  auto& command =
      root.Add("init", "Write a configuration, tenant, trigger and template to begin with");
  auto& options = command.Own(InitOptions{.factory = &factory});
  command.Argument("DIR", options.folder, "to write to (default: this folder)");
  command.Flag("--force", options.force, "replace files that are there");
  command.Example("notifyctl init notify", "a folder with everything for a first notification");
  return command.Runs(options, std::move(run));
}

Status RunInit(const InitOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto folder = Join(factory.environment().working_folder(), options.folder);
  for (const auto& file : InitFiles()) {
    const auto path = Join(folder, file.path);
    if (!options.force && FileExists(path)) {
      return Fail(Errc::kConflict, path + " is there already; nothing was written.",
                  "name another folder, or replace the files with --force");
    }
  }
  auto files = Value::Array();
  for (const auto& file : InitFiles()) {
    const auto path = Join(folder, file.path);
    auto done = MakeFolders(path.substr(0, path.rfind('/')), 0755);
    if (done) done = WriteFileAtomically(path, file.text, 0644);
    if (!done) return done;
    files.Add(Join(options.folder == "." ? "" : options.folder, file.path));
    if (!printer->machine_readable()) factory.streams().Out(files.items().back().Text() + "\n");
  }
  if (printer->machine_readable()) {
    auto value = Value::Object();
    value.Set("files", std::move(files));
    printer->Object(value, {}, "files");
  }
  const auto enter = options.folder == "." ? std::string() : "  cd " + options.folder + "\n";
  printer->Note(std::string(kNext.substr(0, 7)) + enter + std::string(kNext.substr(7)));
  return {};
}

}  // namespace notify::cli::top_level
