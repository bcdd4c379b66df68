#include "cli/stream/snapshot_get.hpp"

#include "cli/calls.hpp"
#include "cli/stream/columns.hpp"

namespace notify::cli::stream {

Command& AddSnapshotGet(Command& snapshot, Factory& factory, RunHook<SnapshotGetOptions> run) {
  auto& command = snapshot.Add("get", "Print the snapshot of a stream as it was put", {"show"});
  auto& options = command.Own(SnapshotGetOptions{.factory = &factory});
  command.Argument("NAME", options.stream, "of the stream").Required();
  command.Example("notifyctl stream snapshot get order-7 --tenant blue > order-7.json",
                  "the state alone");
  command.Example("notifyctl stream snapshot get order-7 -o json", "with version and time");
  return command.Runs(options, std::move(run));
}

Status RunSnapshotGet(const SnapshotGetOptions& options) {
  Factory& factory = *options.factory;
  const client::Request request{.operation = "getStreamSnapshot",
                                .path = {{"stream", options.stream}}};
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  if (printer->machine_readable()) {
    return CallAndPrint(factory, request, {.columns = SnapshotColumns(), .name_path = "stream"});
  }
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  const auto answer = (*client)->Call(request);
  if (!answer) return answer.error();
  const Value* data = answer->Find("data");
  if (data == nullptr) return Fail(Errc::kInternal, "The agent's answer has no data.");
  factory.streams().Out(data->Compact() + "\n");
  return {};
}

}  // namespace notify::cli::stream
