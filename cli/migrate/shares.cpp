#include "cli/migrate/shares.hpp"

#include "cli/calls.hpp"
#include "cli/history/import_run.hpp"
#include "cli/output/progress.hpp"

namespace notify::cli::migrate {
namespace {

Result<std::unique_ptr<client::ApiClient>> ClientOf(Factory& factory, const std::string& tenant) {
  const auto access = factory.Access();
  if (!access) return access.error();
  return factory.ClientFor(access->token, tenant);
}

}  // namespace

Result<std::set<std::string>> ExistingTenants(Factory& factory) {
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  constexpr std::int64_t kAll = 1'000'000;
  auto list = FetchList(**client, {.operation = "listTenants"}, {.limit = kAll});
  if (!list) return list.error();
  std::set<std::string> tenants;
  for (const Value& tenant : list->Find("items")->items()) {
    // One that is being created takes no events yet.
    if (tenant.Text("state") != "creating") tenants.insert(tenant.Text("id"));
  }
  return tenants;
}

Status CreateTenant(Factory& factory, const Interrupts& interrupts, const std::string& tenant) {
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  auto body = Value::Object();
  body.Set("id", tenant);
  const auto made = (*client)->Call({.operation = "createTenant", .body = body.Compact()});
  if (made) return {};
  if (made.error().code != Errc::kTenantExists) return made.error();
  // A run that was killed may have asked for it a moment ago: it is there once it is active.
  constexpr std::chrono::milliseconds kBetween{50};
  constexpr int kLooks = 200;
  for (int look = 0; look < kLooks; ++look) {
    const auto there = (*client)->Call({.operation = "getTenant", .path = {{"id", tenant}}});
    if (!there) return there.error();
    if (there->Text("state") != "creating") return {};
    if (interrupts.Wait(kBetween)) return Fail(Errc::kInterrupted, "Interrupted.");
  }
  return Fail(Errc::kUnavailable, "The tenant '" + tenant + "' is still being created.");
}

Result<Imported> ImportShare(Factory& factory, const Interrupts& interrupts,
                             const std::string& folder, const std::string& content,
                             const std::string& tenant, bool stop_on_error) {
  const auto file = EventsFile(folder, tenant);
  const auto path = folder + "/" + tenant + ".checkpoint";
  auto found = history::ReadCheckpoint(path);
  if (!found) return found.error();
  constexpr std::size_t kDigits = 32;
  history::Checkpoint from{.import = "m-" + content.substr(0, kDigits), .content = content};
  if (*found && (*found)->content == content) from = **found;
  auto input = history::Input::Open(file, factory.streams());
  if (!input) return input.error();
  output::Progress progress(factory.streams(), tenant, (*input)->size());
  const auto source = history::ReadNdjson(std::move(*input));
  auto rejections = history::Rejections::Open(
      factory.streams(), folder + "/rejected." + tenant + ".events", from.line > 0, "");
  if (!rejections) return rejections.error();
  auto client = ClientOf(factory, tenant);
  if (!client) return client.error();
  history::ImportSettings settings;
  settings.stop_on_error = stop_on_error;
  settings.checkpoint_path = path;
  history::ImportRun run(**client, *source, *rejections, interrupts, factory.clock(), settings,
                         std::move(from));
  Imported imported;
  imported.status = run.Run([&](const history::RecordSource& at) { progress.Update(at.bytes()); });
  imported.checkpoint = run.checkpoint();
  return imported;
}

Result<bool> Verify(Factory& factory, const std::string& tenant, const Share& share,
                    const history::Checkpoint& checkpoint) {
  const auto& tally = checkpoint.tally;
  if (tally.accepted + tally.duplicates != share.lines) return false;
  auto client = ClientOf(factory, tenant);
  if (!client) return client.error();
  client::Request request{.operation = "queryMetrics"};
  request.With("metric", "events").With("by", "type");
  const auto counted = (*client)->Call(request);
  if (!counted && counted.error().code == Errc::kFeatureDisabled) return true;
  if (!counted) return counted.error();
  std::map<std::string, std::uint64_t> by_type;
  const auto* rows = counted->Find("rows");
  for (const Value& row : rows == nullptr ? std::vector<Value>{} : rows->items()) {
    by_type[row.Text("type")] = static_cast<std::uint64_t>(row.Integer("value").value_or(0));
  }
  for (const auto& [type, count] : share.counts) {
    if (by_type[type] < count) return false;
  }
  return true;
}

}  // namespace notify::cli::migrate
