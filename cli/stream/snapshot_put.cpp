#include "cli/stream/snapshot_put.hpp"

#include "cli/calls.hpp"
#include "cli/files.hpp"
#include "cli/stream/columns.hpp"

namespace notify::cli::stream {

Command& AddSnapshotPut(Command& snapshot, Factory& factory, RunHook<SnapshotPutOptions> run) {
  auto& command = snapshot.Add("put", "Keep the state of a stream at a version", {"create"});
  auto& options = command.Own(SnapshotPutOptions{.factory = &factory});
  command.Describe(
      "In place of the snapshot before. It may not be of a version that is still to come, nor, "
      "without --force, older than the one that is there (exit code 5).");
  command.Argument("NAME", options.stream, "of the stream").Required();
  command
      .Option("-f,--file", "FILE", options.file,
              "the state, JSON of up to 1 MiB; - is standard input")
      .Required();
  command.Option("--version", "N", options.version, "of the last event in it").Required();
  command.Flag("--force", options.force, "in place of a newer one too");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl stream snapshot put order-7 --version 40 -f order-7.json",
                  "readers with --from-snapshot begin behind event 40");
  return command.Runs(options, std::move(run));
}

Status RunSnapshotPut(const SnapshotPutOptions& options) {
  Factory& factory = *options.factory;
  auto text = ReadInput(options.file, factory.streams());
  if (!text) return std::move(text.error());
  client::Request request{.operation = "putStreamSnapshot",
                          .path = {{"stream", options.stream}},
                          .body = std::move(*text)};
  request.With("version", std::to_string(options.version));
  if (options.force) request.With("force", "true");
  if (options.dry_run) return PrintDryRun(factory, request);
  return CallAndPrint(factory, request, {.columns = SnapshotColumns(), .name_path = "stream"});
}

}  // namespace notify::cli::stream
