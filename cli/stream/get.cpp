#include "cli/stream/get.hpp"

#include <array>

#include "cli/calls.hpp"

namespace notify::cli::stream {
namespace {

constexpr std::array<output::Column, 8> kColumns = {{{"STREAM", "stream"},
                                                     {"VERSION", "version"},
                                                     {"LAST EVENT", "lastEvent.id"},
                                                     {"TYPE", "lastEvent.type"},
                                                     {"RECORDED", "lastEvent.recordedtime"},
                                                     {"SNAPSHOT", "snapshot.version"},
                                                     {"FIRST", "firstSequence", true},
                                                     {"LAST", "lastSequence", true}}};

}  // namespace

Command& AddStreamGet(Command& noun, Factory& factory, RunHook<StreamGetOptions> run) {
  auto& command = noun.Add("get", "Show where a stream stands", {"show"});
  auto& options = command.Own(StreamGetOptions{.factory = &factory});
  command.Describe("Its version is what the next writer gives as --expected-version.");
  command.Argument("NAME", options.stream, "of the stream").Required();
  command.Example("notifyctl stream get order-7 --tenant blue", "version, last event, snapshot");
  return command.Runs(options, std::move(run));
}

Status RunStreamGet(const StreamGetOptions& options) {
  return CallAndPrint(*options.factory,
                      {.operation = "getStream", .path = {{"stream", options.stream}}},
                      {.columns = kColumns, .name_path = "stream"});
}

}  // namespace notify::cli::stream
