#include "cli/migrate/single_to_multi.hpp"

#include <array>

#include "cli/files.hpp"
#include "cli/history/input.hpp"
#include "cli/migrate/shares.hpp"
#include "cli/output/progress.hpp"
#include "cli/output/table.hpp"
#include "common/ids.hpp"

namespace notify::cli::migrate {
namespace {

std::string WorkFolder(const SingleToMultiOptions& options) {
  return options.work.empty() ? options.file + ".work" : options.work;
}

bool HasBegun(const std::string& folder, const Split& split) {
  for (const auto& [tenant, share] : split.tenants) {
    if (FileExists(folder + "/" + tenant + ".checkpoint")) return true;
  }
  return false;
}

std::uint64_t TotalBytes(const Description& description, Streams& streams) {
  std::uint64_t total = 0;
  for (const Table& table : description.tables) {
    if (const auto input = history::Input::Open(table.file, streams)) total += (*input)->size();
  }
  return total;
}

/// The split that is there, or a new one.
Result<Split> Prepare(const SingleToMultiOptions& options, const Description& description,
                      const std::string& folder) {
  auto& streams = options.factory->streams();
  const SplitSettings settings{.folder = folder,
                               .default_tenant = options.default_tenant,
                               .stop_on_error = options.on_error == "stop"};
  const auto content = ContentOf(description, settings, streams);
  if (!content) return content.error();
  auto found = FindSplit(folder);
  if (found && found->content == *content && !options.restart) return std::move(*found);
  if (found && HasBegun(folder, *found) && !options.restart) {
    return Fail(Errc::kConflict,
                "The tables or the description have changed since " + folder +
                    " was made, and events of it are already imported.",
                "go on with what they were, name another --work, or begin again with --restart");
  }
  if (auto made = MakeFolders(folder, 0700); !made) return made.error();
  auto rejections =
      history::Rejections::Open(streams, folder + "/rejected.ndjson", /*append=*/false, "");
  if (!rejections) return rejections.error();
  output::Progress progress(streams, "split", TotalBytes(description, streams));
  return SplitDump(description, settings, *content, streams, *rejections,
                   [&progress](std::uint64_t bytes) { progress.Update(bytes); });
}

struct Outcome {
  std::string state;
  std::optional<history::Checkpoint> checkpoint;
  std::optional<bool> verified;
};

Value Report(const Description& description, const Split& split, const std::string& folder,
             const std::map<std::string, Outcome>& outcomes, bool plan) {
  auto tenants = Value::Array();
  for (const auto& [id, share] : split.tenants) {
    const Outcome& outcome = outcomes.at(id);
    auto rows = Value::Object();
    for (const auto& [table, count] : share.rows) rows.Append(table, Value(count));
    auto one = Value::Object();
    one.Set("tenant", id).Set("state", outcome.state).Set("rows", rows).Set("events", share.lines);
    if (outcome.checkpoint) {
      const auto& tally = outcome.checkpoint->tally;
      one.Set("accepted", tally.accepted)
          .Set("duplicates", tally.duplicates)
          .Set("rejected", tally.rejected + tally.own);
    }
    if (outcome.verified) one.Set("verified", *outcome.verified);
    tenants.Add(std::move(one));
  }
  auto not_migrated = Value::Array();
  for (const Table& table : description.tables) {
    const auto rows = split.not_held.find(table.name);
    if (rows == split.not_held.end()) continue;
    auto one = Value::Object();
    one.Set("table", table.name)
        .Set("kind", KindName(table.kind))
        .Set("rows", rows->second)
        .Set("kept", folder + "/not-held.TENANT." + table.name + ".ndjson");
    not_migrated.Add(std::move(one));
  }
  auto report = Value::Object();
  report.Set("plan", plan)
      .Set("work", folder)
      .Set("tenants", std::move(tenants))
      .Set("notMigrated", std::move(not_migrated))
      .Set("withoutTenant", split.without_tenant)
      .Set("bad", split.bad);
  return report;
}

void PrintForPeople(Factory& factory, const Value& report) {
  output::Table table(
      {"TENANT", "STATE", "EVENTS", "ACCEPTED", "DUPLICATES", "REJECTED", "VERIFIED"});
  for (const Value& one : report.Find("tenants")->items()) {
    table.Add({one.Text("tenant"), one.Text("state"), one.Text("events"), one.Text("accepted"),
               one.Text("duplicates"), one.Text("rejected"), one.Text("verified")});
  }
  auto& streams = factory.streams();
  streams.Out(table.Render(0, streams.colour()));
  for (const Value& one : report.Find("notMigrated")->items()) {
    streams.Err("Not migrated: " + one.Text("rows") + " rows of " + one.Text("table") +
                ". This version of the agent holds no " + one.Text("kind") + "; they are kept in " +
                one.Text("kept") + ".\n");
  }
  if (const auto rows = report.Text("withoutTenant"); rows != "0") {
    streams.Err("Left out: " + rows + " rows that name no tenant; --default-tenant takes them.\n");
  }
  if (const auto rows = report.Text("bad"); rows != "0") {
    streams.Err("Left out: " + rows + " bad rows; they are kept in " + report.Text("work") +
                "/rejected.ndjson.\n");
  }
}

class Migration {
 public:
  Migration(const SingleToMultiOptions& options, const Split& split, std::string folder)
      : options_(options), factory_(*options.factory), split_(split), folder_(std::move(folder)) {}

  /// Which tenants there are, and which are to be made.
  Status Look() {
    const auto existing = ExistingTenants(factory_);
    if (!existing) return existing.error();
    std::string missing;
    for (const auto& [tenant, share] : split_.tenants) {
      const bool there = existing->contains(tenant);
      outcomes[tenant].state = there ? "exists" : options_.create_tenants ? "new" : "missing";
      if (!there) missing += (missing.empty() ? "" : ", ") + tenant;
    }
    if (options_.plan || options_.create_tenants || missing.empty()) return {};
    return Fail(Errc::kTenantNotFound, "These tenants do not exist: " + missing + ".",
                "--create-tenants makes them; --plan shows what each would get");
  }

  Status Run() {
    const auto interrupts = Interrupts::Catch();
    for (const auto& [tenant, share] : split_.tenants) {
      Outcome& outcome = outcomes[tenant];
      if (outcome.state == "new") {
        if (auto made = CreateTenant(factory_, interrupts, tenant); !made) return made;
        outcome.state = "created";
      }
      if (share.lines == 0) continue;
      auto imported = ImportShare(factory_, interrupts, folder_, split_.content, tenant,
                                  options_.on_error == "stop");
      if (!imported) return imported.error();
      outcome.checkpoint = imported->checkpoint;
      if (!imported->status) return imported->status;
      auto verified = Verify(factory_, tenant, share, imported->checkpoint);
      if (!verified) return verified.error();
      outcome.verified = *verified;
      all_verified = all_verified && *verified;
    }
    return {};
  }

  std::map<std::string, Outcome> outcomes;
  bool all_verified = true;

 private:
  const SingleToMultiOptions& options_;
  Factory& factory_;
  const Split& split_;
  const std::string folder_;
};

}  // namespace

Command& AddSingleToMulti(Command& noun, Factory& factory, RunHook<SingleToMultiOptions> run) {
  auto& command =
      noun.Add("single-to-multi", "Split an old database by a column, one share for each tenant");
  auto& options = command.Own(SingleToMultiOptions{.factory = &factory});
  command.Describe(
      "The file says which column is the tenant, and for each dumped table (CSV, or one JSON "
      "object a line) what its rows are: events, notifications, analytics, subscriptions, "
      "preferences or contacts. Events keep their times, so reports count them when they "
      "happened; a row of analytics counts as as many events as it says.\n\n"
      "The tables are first split into a file for each tenant; a bad row stops that, before "
      "anything has reached the agent. Then each tenant's file is imported. Running it again goes "
      "on where it ended. At the end the counts of each tenant are compared with what the agent "
      "has. What this version of the agent has no place for is reported, and kept in files.");
  command.Option("-f,--file", "FILE", options.file, "what the tables are, as YAML").Required();
  command.Option("--work", "FOLDER", options.work, "for the files (default: FILE.work)");
  command.Flag("--plan", options.plan, "split, and show what each tenant would get");
  command.Flag("--create-tenants", options.create_tenants, "make those that do not exist");
  command.Option("--default-tenant", "TENANT", options.default_tenant, "of rows that name none");
  command.Option("--on-error", "WHAT", options.on_error, "at a bad row (default stop)")
      .OneOf({"stop", "skip"});
  command.Flag("--restart", options.restart, "split again, and begin again");
  command.Example("notifyctl migrate single-to-multi -f old.yaml --plan", "who would get what?");
  command.Example("notifyctl migrate single-to-multi -f old.yaml --create-tenants",
                  "do it; again after an end, to go on");
  return command.Runs(options, std::move(run));
}

Status RunSingleToMulti(const SingleToMultiOptions& options) {
  auto& factory = *options.factory;
  auto printer = factory.Printer();
  if (!printer) return std::move(printer.error());
  if (options.file.empty()) {
    return Fail(Errc::kUsage, "Which description? Give -f FILE.",
                "notifyctl migrate single-to-multi --help");
  }
  if (!options.default_tenant.empty()) {
    if (auto id = TenantId::Parse(options.default_tenant); !id) return id.error();
  }
  const auto description = ReadDescription(options.file);
  if (!description) return description.error();
  const auto folder = WorkFolder(options);
  const auto split = Prepare(options, *description, folder);
  if (!split) return split.error();
  if (options.restart) {
    for (const auto& [tenant, share] : split->tenants) {
      if (auto removed = RemoveFile(folder + "/" + tenant + ".checkpoint"); !removed) {
        return removed;
      }
    }
  }
  Migration migration(options, *split, folder);
  if (auto looked = migration.Look(); !looked) return looked;
  auto done = options.plan ? Status() : migration.Run();
  const auto report = Report(*description, *split, folder, migration.outcomes, options.plan);
  if (printer->machine_readable()) {
    printer->Object(report, {}, "work");
  } else {
    PrintForPeople(factory, report);
  }
  if (done && !migration.all_verified) {
    return Fail(Errc::kInternal, "Not everything is there that should be.",
                "the tenants with VERIFIED false; see the rejected.* files in " + folder);
  }
  return done;
}

}  // namespace notify::cli::migrate
