#include "agent/app/agent.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "agent/app/free_memory.hpp"
#include "agent/app/front_door.hpp"
#include "agent/app/version.hpp"
#include "agent/telemetry/process_stats.hpp"
#include "agent/tenant/handle_issuer.hpp"
#include "common/log.hpp"

namespace notify::agent::app {
namespace {

using namespace std::chrono_literals;

constexpr auto kAnswersLimit = 10s;
constexpr auto kHousekeeping = 5s;

consumer::HubConsumers::Options DurablesOf(const AgentConfig& config) {
  const auto& ack = config.hub.ack;
  return {.timeout = ack.timeout,
          .max_attempts = static_cast<int>(ack.max_attempts),
          .max_in_flight = ack.max_in_flight,
          .expire_after = ack.expire_after,
          .hold_for = ack.hold_for};
}

inbox::Inboxes::Options InboxesOf(const AgentConfig& config) {
  inbox::Inboxes::Options options;
  options.retention = config.notifications.inbox.retention;
  options.max_items = config.notifications.inbox.max_items;
  return options;
}

/// What a backup or a restore has left that was cut off: it is begun anew.
void RemoveLeftovers(async::FileSystem& files, const std::string& data_dir) {
  for (const char* folder : {"/backup", "/restore"}) {
    if (auto removed = files.Remove(data_dir + folder); !removed) {
      log::Warning("{Folder} cannot be removed: {Reason}",
                   {{"Folder", data_dir + folder}, {"Reason", removed.error().detail}});
    }
  }
}

}  // namespace

Agent::Agent(async::Runtime& runtime, LoadedConfig config, Process process)
    : runtime_(runtime),
      loaded_(std::move(config)),
      process_(std::move(process)),
      begun_(runtime.clock().Now()),
      housekeeping_(runtime.platform()) {}

Agent::~Agent() = default;

async::Task<Result<Agent::Started>> Agent::Start() {
  Started started;
  auto established = co_await Establish(started);
  if (!established) {
    co_await Stop();
    co_return established.error();
  }
  ready_.store(true);
  co_return started;
}

async::Task<Status> Agent::Establish(Started& started) {
  const AgentConfig& config = loaded_.config;
  auto storage = BuildStorage(runtime_, config);
  if (!storage) co_return storage.error();
  storage_ = std::move(*storage);
  started.master_key_created = storage_->keyring->created();

  auto tenancy = BuildTenancy(runtime_, config, process_.own_uid, *storage_);
  if (!tenancy) co_return tenancy.error();
  tenancy_ = std::move(*tenancy);
  live_ = std::make_unique<LiveSide>(
      runtime_, *storage_, *tenancy_->lifted, *tenancy_->own_events, *tenancy_->hub_notices,
      LiveSide::Options{DurablesOf(config), config.hub.presence_grace, config.audit.connections,
                        config.NotificationsOn(), InboxesOf(config)});
  tenancy_->directory.AddObserver(*live_);
  auto delivery =
      BuildDelivery(runtime_, config, process_.templates_dir, *storage_, *tenancy_, *live_);
  if (!delivery) co_return delivery.error();
  delivery_ = std::move(*delivery);
  // A tenant that stops is let go of from the outside in.
  tenancy_->registry->AddHolder(*live_);
  tenancy_->registry->AddHolder(*tenancy_->scheduling);
  tenancy_->registry->AddHolder(live_->consumers());
  tenancy_->registry->AddHolder(live_->inboxes());
  tenancy_->registry->AddHolder(*delivery_->replays);
  tenancy_->registry->AddHolder(*delivery_->loop);
  tenancy_->registry->AddHolder(*delivery_->projection);
  tenancy_->registry->AddHolder(*delivery_->projections);
  tenancy_->registry->AddHolder(*tenancy_->schemas);
  tenancy_->registry->AddHolder(*tenancy_->upcasting);
  tenancy_->registry->AddHolder(*storage_->log);
  tenancy_->registry->AddHolder(*tenancy_->storage_notices);
  tenancy_->registry->AddHolder(*storage_->audit);
  tenancy_->registry->AddHolder(*storage_->databases);

  if (auto loaded = co_await tenancy_->registry->Load(); !loaded) co_return loaded.error();
  auto recovering = storage_->log->Recover(
      [directory = tenancy_->directory.OfPlatform()](std::string_view name, Epoch epoch) {
        return tenant::HandleIssuer::ForRecovery(*directory, name, epoch);
      });
  if (auto recovered = co_await std::move(recovering); !recovered) co_return recovered.error();
  const auto admin = co_await tenancy_->access->EnsureAdminKey();
  if (!admin) co_return admin.error();
  started.first_start = *admin;

  ingress::rest::AgentControls controls;
  controls.status_json = [this] { return StatusJson(); };
  controls.ready = [this] { return ready_.load(); };
  controls.drain = process_.request_stop;
  controls.reload = [this] { return Reload(); };
  controls.metrics_on = config.AnalyticsOn();
  FrontDoorParts parts{config,
                       *storage_,
                       *tenancy_,
                       *live_,
                       *delivery_,
                       std::move(controls),
                       process_.signalr_bundles};
  auto door = BuildFrontDoor(runtime_, std::move(parts));
  if (!door) co_return door.error();
  front_door_ = std::move(*door);

  co_await tenancy_->registry->FinishUnfinished();
  RemoveLeftovers(runtime_.files(), config.data_dir);
  if (auto made = co_await MakeDevTenant(started); !made) co_return made.error();

  async::Endpoint tcp{async::Endpoint::Kind::kTcp, config.listen.host, config.listen.port};
  auto bound = co_await front_door_->server->Listen(std::move(tcp));
  if (!bound) co_return bound.error();
  started.tcp = *bound;
  listen_ = bound->ToString();
  async::Endpoint socket{async::Endpoint::Kind::kUnix, config.socket, 0};
  auto local = co_await front_door_->server->Listen(std::move(socket));
  if (!local) co_return local.error();
  started.socket = config.socket;
  housekeeping_.Spawn(Housekeep());
  co_return Status();
}

async::Task<Status> Agent::MakeDevTenant(Started& started) {
  const AgentConfig& config = loaded_.config;
  const TenantId id = *TenantId::Parse("default");
  if (config.MultiTenancyOn() && !config.dev) co_return Status();
  if (!tenancy_->directory.OfPlatform()->Tenant(id)) {
    tenant::TenantDraft draft;
    draft.id = id;
    auto made =
        co_await tenancy_->registry->Create(std::move(draft), tenant::Registry::Origin::kAgent);
    if (!made) co_return made.error();
  }
  if (!config.dev) co_return Status();
  const auto record = tenancy_->directory.OfPlatform()->Tenant(id);
  const TenantHandle handle =
      tenant::HandleIssuer::ForPlatform(record, "agent.dev", *storage_->audit);
  tenant::KeyDraft key;
  key.name = "notifyd --dev";
  key.roles = Role::kTenantAdmin;
  key.granter = Role::kPlatformAdmin;
  auto made = co_await tenancy_->access->CreateKey(handle, std::move(key));
  if (!made) co_return made.error();
  started.dev_key = made->key.Reveal();
  TokenDraft token;
  token.user = "dev";
  token.ttl_seconds = 24 * 3600;
  auto minted =
      co_await tenancy_->access->CreateToken(handle, std::move(token), Role::kPlatformAdmin);
  if (!minted) co_return minted.error();
  started.dev_token = minted->token;
  co_return Status();
}

async::Task<void> Agent::Housekeep() {
  async::StopHook on_stop(housekeeping_, [this] { housekeeping_ends_.Notify(); });
  // A crash can fall between an event's commit and the note that its tenant has work, so every
  // tenant is asked, one after another, while others are served already.
  auto active = tenant::HandleIssuer::ForEachActive(*tenancy_->directory.OfPlatform(),
                                                    "delivery.resume", *storage_->audit);
  delivery_->loop->Resume(active);
  tenancy_->scheduling->Resume(active);
  live_->consumers().Resume(active);
  live_->inboxes().Resume(active);
  delivery_->projections->Resume(active);
  storage_->log->Tend(active);
  delivery_->replays->TakeUp(std::move(active));
  FreeMemory free_memory;
  while (!housekeeping_.stopping()) {
    co_await housekeeping_ends_.WaitFor(runtime_.platform_timers(), kHousekeeping);
    live_->consumers().Sweep();
    live_->inboxes().Sweep();
    storage_->databases->CloseIdle();
    storage_->log->CloseIdle();
    TendLogs();
    free_memory.ReturnWhenIdle();
  }
}

void Agent::TendLogs() {
  auto directory = tenancy_->directory.OfPlatform().Get();
  if (directory == tended_) {
    storage_->log->Tend();
    return;
  }
  storage_->log->Tend(
      tenant::HandleIssuer::ForEachActive(*directory, "log.retention", *storage_->audit));
  tended_ = std::move(directory);
}

async::Task<void> Agent::Stop() {
  ready_.store(false);
  // From the outside in: nobody new, those inside end, what they caused ends, it is written,
  // closed. Replays first: who follows one waits for its end.
  if (delivery_) delivery_->replays->RequestStop();
  if (front_door_) {
    co_await front_door_->server->StopAccepting();
    // Long polls are answers, too.
    live_->consumers().EndWaits();
    co_await live_->hub().Drain(loaded_.config.hub.drain_window);
    co_await front_door_->signalr->EndConnections();
    co_await front_door_->server->WaitForAnswers(runtime_.platform_timers(), kAnswersLimit);
    co_await front_door_->gateway->CloseUpstreams();
    co_await front_door_->server->Stop();
    co_await front_door_->gateway->Stop();
    co_await front_door_->signalr->Stop();
    co_await front_door_->sse->Stop();
  }
  co_await housekeeping_.Stop();
  if (tenancy_ && tenancy_->scheduling) co_await tenancy_->scheduling->Stop();
  if (delivery_) {
    delivery_->http->CancelAll();
    co_await delivery_->replays->Stop();
    co_await delivery_->loop->Stop();
    co_await delivery_->projection->Stop();
    co_await delivery_->projections->Stop();
  }
  if (tenancy_ && tenancy_->storage_notices) co_await tenancy_->storage_notices->Stop();
  if (tenancy_ && tenancy_->hub_notices) co_await tenancy_->hub_notices->Stop();
  if (live_) {
    // Who waits for a durable subscription waits for the consumers.
    co_await live_->consumers().Stop();
    co_await live_->inboxes().Stop();
    co_await live_->presence().Stop();
    co_await live_->hub().Stop();
  }
  if (storage_ && storage_->audit) co_await storage_->audit->Stop();
  if (storage_ && storage_->log) co_await storage_->log->Close();
}

async::Task<Status> Agent::Reload() {
  auto next = process_.read_config();
  if (!next) co_return next.error();
  log::SetLevel(next->config.log.level);
  co_return Status();
}

std::string Agent::StatusJson() const {
  const auto seconds = std::chrono::duration<double>(runtime_.clock().Now() - begun_).count();
  const auto stats = telemetry::ReadProcessStats();
  const nlohmann::json status = {{"version", kVersion},
                                 {"uptimeSeconds", seconds},
                                 {"tenants", live_->tenants()},
                                 {"connections", front_door_->server->connections()},
                                 {"liveClients", live_->hub().clients()},
                                 {"rssBytes", stats ? stats->resident_bytes : 0},
                                 {"dataDir", loaded_.config.data_dir},
                                 {"listen", listen_},
                                 {"socket", loaded_.config.socket},
                                 {"health", ready_.load() ? "ready" : "draining"}};
  return status.dump();
}

}  // namespace notify::agent::app
