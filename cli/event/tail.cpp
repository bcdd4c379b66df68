#include "cli/event/tail.hpp"

#include "cli/event/tail_loop.hpp"
#include "cli/interrupts.hpp"

namespace notify::cli::event {

Command& AddEventTail(Command& noun, Factory& factory, RunHook<EventTailOptions> run) {
  auto& command = noun.Add("tail", "Follow events as they come", {"follow", "watch"});
  auto& options = command.Own(EventTailOptions{.factory = &factory});
  command.Describe(
      "Connects again by itself and goes on behind the last line written: it never loses or "
      "repeats "
      "a line. Where the log cannot go on there, it says so on standard error.");
  command.Option("--after", "E-N", options.filter.after, "begin behind this position (0: all)");
  command.Option("--since", "TIME", options.filter.since, "begin at RFC 3339 or back from now: 1h");
  AddContentFilter(command, options.filter);
  command.Option("--state", "FILE", options.state,
                 "keep the position of the last line here, and begin behind it");
  command.Option("--limit", "N", options.limit, "stop after so many");
  command.Flag("--exit-on-gap", options.exit_on_gap, "stop with exit 1 where events are missing");
  command.Example("notifyctl event tail --tenant blue", "from now on, for people");
  command.Example(
      "notifyctl event tail --tenant blue --type 'fx.*' --state fx.pos -o ndjson >> fx.log",
      "into a file, over restarts of this command too");
  command.Example("notifyctl event tail --tenant blue --after 0 --limit 10 -o json",
                  "the first ten of the log");
  return command.Runs(options, std::move(run));
}

Status RunEventTail(const EventTailOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  const auto interrupts = Interrupts::Catch();
  TailLoop loop(options, **client, printer->format(), interrupts);
  return loop.Run();
}

}  // namespace notify::cli::event
