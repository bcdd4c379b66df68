#include "cli/stream/noun.hpp"

#include "cli/stream/get.hpp"
#include "cli/stream/read.hpp"
#include "cli/stream/snapshot_delete.hpp"
#include "cli/stream/snapshot_get.hpp"
#include "cli/stream/snapshot_put.hpp"

namespace notify::cli::stream {

void AddNoun(Command& root, Factory& factory) {
  auto& noun = root.Add("stream", "Streams: the events of one thing, by version", {"streams"});
  noun.Describe(
      "An event is appended to one with: notifyctl event publish --stream NAME "
      "--expected-version N.");
  AddStreamGet(noun, factory, RunStreamGet);
  AddStreamRead(noun, factory, RunStreamRead);
  auto& snapshot = noun.Add("snapshot", "The latest state that was computed from a stream");
  snapshot.Example("notifyctl stream snapshot put order-7 --version 40 -f order-7.json",
                   "then read from it on with: stream read order-7 --from-snapshot");
  AddSnapshotGet(snapshot, factory, RunSnapshotGet);
  AddSnapshotPut(snapshot, factory, RunSnapshotPut);
  AddSnapshotDelete(snapshot, factory, RunSnapshotDelete);
}

}  // namespace notify::cli::stream
