#include "cli/stream/snapshot_delete.hpp"

#include "cli/calls.hpp"

namespace notify::cli::stream {

Command& AddSnapshotDelete(Command& snapshot, Factory& factory,
                           RunHook<SnapshotDeleteOptions> run) {
  auto& command =
      snapshot.Add("delete", "Delete the snapshot of a stream; its events stay", {"rm"});
  auto& options = command.Own(SnapshotDeleteOptions{.factory = &factory});
  command.Argument("NAME", options.stream, "of the stream").Required();
  command.Flag("-y,--yes", options.yes, "really delete it");
  AddDryRun(command, options.dry_run);
  command.Example("notifyctl stream snapshot delete order-7 --yes", "readers begin at version 1");
  return command.Runs(options, std::move(run));
}

Status RunSnapshotDelete(const SnapshotDeleteOptions& options) {
  const client::Request request{.operation = "deleteStreamSnapshot",
                                .path = {{"stream", options.stream}}};
  if (options.dry_run) return PrintDryRun(*options.factory, request);
  if (!options.yes) {
    return Fail(Errc::kUsage, "This deletes the snapshot of " + options.stream + ".",
                "notifyctl stream snapshot delete " + options.stream + " --yes");
  }
  return CallAndPrint(*options.factory, request,
                      {.note = "The snapshot of " + options.stream + " is deleted."});
}

}  // namespace notify::cli::stream
