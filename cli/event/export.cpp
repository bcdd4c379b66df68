#include "cli/event/export.hpp"

#include "cli/interrupts.hpp"

namespace notify::cli::event {

Command& AddEventExport(Command& noun, Factory& factory, RunHook<EventExportOptions> run) {
  auto& command = noun.Add("export", "Write the log out, an event a line");
  auto& options = command.Own(EventExportOptions{.factory = &factory});
  command.Describe(
      "All events that match, oldest first, as NDJSON on standard output: read, proven and sent as "
      "a "
      "stream, however many there are. Exit 0 says that nothing was cut off; what the log itself "
      "has "
      "lost is left out, and `notifyctl log verify` names it. `notifyctl event import` reads the "
      "lines, for a tenant of the same name.");
  AddRange(command, options.filter);
  AddContentFilter(command, options.filter);
  command.Option("--stream", "STREAM", options.filter.stream, "only of this stream");
  command.Option("--limit", "N", options.limit, "stop after so many");
  command.Flag("--raw", options.raw, "as they are stored, not lifted by upcasters");
  command.Example("notifyctl event export --tenant blue > blue.ndjson", "all of it");
  command.Example("notifyctl event export --tenant blue --since 24h | zstd > day.ndjson.zst",
                  "a day of it");
  return command.Runs(options, std::move(run));
}

Status RunEventExport(const EventExportOptions& options) {
  auto checked = CheckPosition(options.filter.after);
  if (!checked) return checked;
  if (options.limit && *options.limit < 1) {
    return Fail(Errc::kUsage, "--limit must be at least 1.");
  }
  client::Request request{.operation = "listEvents"};
  request.accept = "application/x-ndjson";
  ApplyFilter(options.filter, request);
  if (options.raw) request.With("raw", "true");
  if (options.limit) request.With("limit", std::to_string(*options.limit));
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto events = (*client)->Fetch(request);
  if (!events) return std::move(events.error());
  const auto interrupts = Interrupts::Catch();
  Streams& streams = options.factory->streams();
  while (true) {
    const auto piece = (*events)->Read(interrupts.descriptor());
    if (!piece) return piece.error();
    if (piece->empty()) return streams.Flush();
    streams.Out(*piece);
    if (auto flushed = streams.Flush(); !flushed) return flushed;
  }
}

}  // namespace notify::cli::event
