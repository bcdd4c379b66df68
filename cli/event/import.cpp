#include "cli/event/import.hpp"

#include <array>

#include "cli/event/import_source.hpp"
#include "cli/history/import_run.hpp"
#include "cli/output/progress.hpp"
#include "common/ids.hpp"

namespace notify::cli::event {
namespace {

using history::Checkpoint;

constexpr std::array<output::Column, 11> kLines = {{{"IMPORT", "import"},
                                                    {"FORMAT", "format"},
                                                    {"ACCEPTED", "accepted"},
                                                    {"DUPLICATES", "duplicates"},
                                                    {"REJECTED", "rejected"},
                                                    {"AGENT'S OWN", "own"},
                                                    {"LAST LINE", "line"},
                                                    {"FIRST", "firstSequence"},
                                                    {"LAST", "lastSequence"},
                                                    {"SECONDS", "seconds"},
                                                    {"COMPLETE", "complete"}}};

Status Check(const EventImportOptions& options) {
  const char* const help = "notifyctl event import --help";
  if (options.file.empty()) {
    return Fail(Errc::kUsage, "Which file? Give -f FILE, or -f - for standard input.", help);
  }
  if (options.batch < 1 || options.batch > 10'000) {
    return Fail(Errc::kUsage, "--batch must be from 1 to 10000.", help);
  }
  if (options.in_flight < 1 || options.in_flight > 64) {
    return Fail(Errc::kUsage, "--in-flight must be from 1 to 64.", help);
  }
  if (options.restart && options.changed) {
    return Fail(Errc::kUsage, "--restart begins again, and --changed goes on: give one.", help);
  }
  return {};
}

std::string CheckpointPath(const EventImportOptions& options) {
  if (options.dry_run) return {};
  if (!options.checkpoint.empty() || options.file == "-") return options.checkpoint;
  const auto& tenant = options.factory->globals().agent.tenant;
  return options.file + (tenant.empty() ? "" : "." + tenant) + ".checkpoint";
}

/// Where to begin: at the checkpoint, or at the beginning under an id of its own.
Result<Checkpoint> Begin(const EventImportOptions& options, const std::string& path) {
  const auto content = ContentOf(options);
  if (!content) return content.error();
  Checkpoint fresh{.import = options.import_id, .content = *content};
  constexpr std::size_t kDigits = 32;
  if (fresh.import.empty()) {
    fresh.import = content->empty() ? NewUuid7(options.factory->clock(), options.factory->random())
                                    : "f-" + content->substr(0, kDigits);
  }
  if (path.empty() || options.restart) return fresh;
  auto found = history::ReadCheckpoint(path);
  if (!found) return found.error();
  if (!*found) return fresh;
  if (!options.import_id.empty() && options.import_id != (*found)->import) {
    return Fail(Errc::kConflict, path + " is of the import " + (*found)->import + ".",
                "leave --import-id out, name another --checkpoint, or begin again with --restart");
  }
  if ((*found)->content != *content && !options.changed) {
    return Fail(Errc::kConflict,
                "The file, its mapping or the tenant is not what " + path + " was written for.",
                "--changed goes on behind line " + std::to_string((*found)->line) +
                    " of what is there now, --restart begins again as another import");
  }
  (*found)->content = *content;
  return std::move(**found);
}

Value ReportOf(const EventImportOptions& options, const ImportFile& file,
               const history::ImportRun& run, const std::string& path, Clock::Duration took) {
  const Checkpoint& at = run.checkpoint();
  const double seconds = std::chrono::duration<double>(took).count();
  auto report = Value::Object();
  report.Set("import", at.import)
      .Set("file", options.file)
      .Set("format", history::FormatName(file.format))
      .Set("accepted", at.tally.accepted)
      .Set("duplicates", at.tally.duplicates)
      .Set("rejected", at.tally.rejected)
      .Set("own", at.tally.own)
      .Set("line", at.line);
  const auto& stored = run.stored();
  const bool any = stored.first > 0;
  report.Set("epoch", any ? Value(stored.epoch) : Value())
      .Set("firstSequence", any ? Value(stored.first) : Value())
      .Set("lastSequence", any ? Value(stored.last) : Value())
      .Set("seconds", seconds)
      .Set("complete", at.complete)
      .SetText("checkpoint", path);
  if (options.dry_run) report.Set("dryRun", true);
  return report;
}

}  // namespace

Command& AddEventImport(Command& noun, Factory& factory, RunHook<EventImportOptions> run) {
  auto& command = noun.Add("import", "Bring a file of events into the log, with their own times");
  auto& options = command.Own(EventImportOptions{.factory = &factory});
  command.Describe(
      "Takes NDJSON (what `event list -o ndjson` prints, or any CloudEvents), a JSON array or "
      "CloudEvents batch, and CSV with a mapping. Imported events are marked `imported: true`, "
      "count in reports when they happened, start no triggers and reach nobody live unless "
      "--fire-triggers says so.\n\n"
      "Each event is stored once, whatever dies on the way: its duplicate key is the import's id "
      "and its line, and a checkpoint beside the file says where to go on. Of the agent's own "
      "events, what became of notifications is taken (reports count it); the others are counted "
      "as `own` and left out, because an agent writes its own.");
  command.Option("-f,--file", "FILE", options.file, "with the events; - is standard input")
      .Required();
  command.Option("--format", "FORMAT", options.format, "of the file (default: as it looks)")
      .OneOf({"ndjson", "json", "csv"});
  command.Option("--mapping", "FILE", options.mapping, "YAML: which column is which attribute");
  command.Option("--map", "ATTRIBUTE=COLUMN", options.maps, "the same, one by one (repeatable)");
  command.Option("--type", "TYPE", options.type, "of every row's event");
  command.Option("--columns", "NAMES", options.columns,
                 "with commas, where the first row does not name them");
  command.Option("--delimiter", "CHARACTER", options.delimiter, "between fields (default ,)");
  command.Option("--on-error", "WHAT", options.on_error, "at a bad line (default stop)")
      .OneOf({"stop", "skip"});
  command.Option("--rejected", "FILE", options.rejected, "keep bad lines here, as they were");
  command.Option("--checkpoint", "FILE", options.checkpoint,
                 "where to go on after an end (default: beside the file)");
  command.Option("--import-id", "ID", options.import_id, "default: made of the file's content");
  command.Flag("--restart", options.restart, "begin again, whatever the checkpoint says");
  command.Flag("--changed", options.changed, "the file was mended: go on in it at the checkpoint");
  command.Option("--from-tenant", "TENANT", options.from_tenant,
                 "whose export it is, where that is another tenant's");
  command.Flag("--fire-triggers", options.fire_triggers, "treat the events as news");
  command.Option("--batch", "N", options.batch, "events a request (default 10000)");
  command.Option("--in-flight", "N", options.in_flight, "requests on their way (default 4)");
  command.Flag("--dry-run", options.dry_run, "let the agent check each event, store none");
  command.Example("notifyctl event import --tenant blue -f events.ndjson",
                  "an export, or any CloudEvents; run it again to go on after an end");
  command.Example(
      "notifyctl event import --tenant blue -f orders.csv --type order.paid --map id=order_id "
      "--map time=paid_at",
      "rows of a table; the other columns become data");
  command.Example(
      "notifyctl event import --tenant blue -f events.ndjson --on-error skip --rejected bad.ndjson",
      "all that is right, and the rest in a file");
  return command.Runs(options, std::move(run));
}

Status RunEventImport(const EventImportOptions& options) {
  if (auto checked = Check(options); !checked) return checked;
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  const auto file = LookAtFile(options);
  if (!file) return file.error();
  const auto path = CheckpointPath(options);
  auto from = Begin(options, path);
  if (!from) return from.error();
  auto source = OpenSource(options, *file);
  if (!source) return source.error();
  auto rejections =
      history::Rejections::Open(factory.streams(), options.rejected, from->line > 0, file->heading);
  if (!rejections) return rejections.error();
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  if (from->complete) printer->Note("This was imported before; --restart begins again.");

  std::uint64_t size = 0;
  if (const auto input = history::Input::Open(options.file, factory.streams())) {
    size = (*input)->size();
  }
  const auto interrupts = Interrupts::Catch();
  history::ImportSettings settings{.from_tenant = options.from_tenant,
                                   .fire_triggers = options.fire_triggers,
                                   .stop_on_error = options.on_error == "stop" && !options.dry_run,
                                   .dry_run = options.dry_run,
                                   .in_flight = static_cast<std::size_t>(options.in_flight),
                                   .checkpoint_path = path};
  settings.batch.events = static_cast<std::size_t>(options.batch);
  const auto begun = factory.clock().Now();
  history::ImportRun run(**client, **source, *rejections, interrupts, factory.clock(), settings,
                         std::move(*from));
  Status done;
  {
    output::Progress progress(factory.streams(), "import", size);
    done = run.Run([&](const history::RecordSource& at) { progress.Update(at.bytes()); });
  }
  printer->Object(ReportOf(options, *file, run, path, factory.clock().Now() - begun), kLines,
                  "import");
  return done;
}

}  // namespace notify::cli::event
