#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "agent/audit/chain.hpp"
#include "common/log.hpp"
#include "common/model/rfc3339.hpp"
#include "tests/simulation/checks.hpp"

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto kLongestRun = 10min;  // Of virtual time; what takes longer has lost its way.
constexpr std::uint64_t kLastCut = 2500;

LoadedConfig Configuration() {
  auto loaded = LoadConfig("", "", {}, {{"data_dir", "/data"}, {"listen", "127.0.0.1:7800"}});
  if (!loaded) throw std::runtime_error(loaded.error().detail);
  // Small, so that slow clients fall behind and idle things are closed within a run.
  loaded->config.hub.queue_bytes = 8 << 10;
  loaded->config.hub.keep_alive = 3s;
  loaded->config.store.idle_close = 2s;
  loaded->config.eventlog.journal_bytes = 8 << 10;  // Full all the time.
  return *loaded;
}

/// Drives the start, and notes its end where the simulation can see it.
struct Starting {
  bool done = false;
  std::string error;
};
async::Task<void> Start(agent::app::Agent& agent, std::shared_ptr<Starting> starting) {
  auto started = co_await agent.Start();
  if (!started) starting->error = started.error().detail;
  starting->done = true;
}

}  // namespace

Simulation::Simulation(Options options)
    : options_(options), dice_(sim::Dice(options.seed).Next()), disk_(dice_.Next()) {
  log::SetLevel(static_cast<log::Level>(static_cast<int>(log::Level::kError) + 1));
  PutTemplates();
  MakeTenant(kBlue, kGreen);
  MakeTenant(kGreen, kBlue);
  operator_ = std::make_unique<Operator>(dice_.Fork(), credentials_);
  churner_ = std::make_unique<Churner>(dice_.Fork(), kPassing, static_cast<int>(dice_.Below(6)));
  parties_.push_back(operator_.get());
  parties_.push_back(churner_.get());
  if (!options_.sessions) disturbed_ = parties_;
  // Most runs lose power once, some never, some again while they recover from it.
  const std::uint64_t seeded = dice_.OneIn(10) ? 0 : 1 + (dice_.OneIn(3) ? 1 + dice_.Below(2) : 0);
  const std::uint64_t cuts = options_.power_cuts.value_or(seeded);
  for (std::uint64_t i = 0; i < cuts; ++i) {
    power_cuts_.push_back(1 + dice_.Below(i > 0 && dice_.OneIn(2) ? 40 : kLastCut));
  }
}

Simulation::~Simulation() {
  // Where a run was given up, nothing of it runs again.
  if (!runtime_) return;
  runtime_->Crash();
  for (auto& group : groups_) sim::Abandon(std::move(group));
}

void Simulation::PutTemplates() {
  namespace fs = std::filesystem;
  for (const char* name : {"in_app.yaml.hbs", "log.txt.hbs", "webhook.json.hbs", "template.yaml"}) {
    const std::string place = "/fx-quote-created/" + std::string(name);
    std::ostringstream text;
    text << std::ifstream(std::string(NOTIFY_SOURCE_DIR) + "/templates" + place).rdbuf();
    if (!disk_.MakeFolder("/templates/fx-quote-created")) throw std::runtime_error("no folder");
    auto file = disk_.Open("/templates" + place, async::FileSystem::Mode::kCreate);
    if (!file || !(*file)->WriteAt(0, text.str())) throw std::runtime_error("no template");
  }
  if (!disk_.MakeFolder("/data")) throw std::runtime_error("no folder");
  disk_.SyncAll();
}

template <typename Kind>
void Simulation::AddSubscriber(Tenant& tenant, const std::string& name,
                               const std::string& pattern) {
  const std::string& other = tenant.name == kBlue ? kGreen : kBlue;
  auto one = std::make_unique<Kind>(tenant.name + "/" + name, dice_.Fork(),
                                    std::vector<std::string>{other, kPassing},
                                    credentials_[tenant.name], pattern);
  if constexpr (std::is_same_v<Kind, ResumingClient>) resuming_.push_back(one.get());
  parties_.push_back(one.get());
  tenant.subscribers.push_back(std::move(one));
}

void Simulation::MakeTenant(const std::string& name, const std::string& other) {
  Tenant tenant;
  tenant.name = name;
  const bool blue = name == kBlue;
  AddSubscriber<HubSubscriber>(tenant, "hub", blue ? "*" : "fx.*");
  AddSubscriber<SseSubscriber>(tenant, "stream", blue ? "fx.*" : "*");
  if (options_.sessions) {
    AddSubscriber<ResumingClient>(tenant, "resuming", blue ? "*" : "fx.*");
    AddSubscriber<ResumingClient>(tenant, "resuming too", blue ? "fx.*" : "*");
    AddSubscriber<AcknowledgingClient>(tenant, "acknowledging", "*");
    for (const auto& each : tenant.subscribers) disturbed_.push_back(each.get());
  }
  for (int i = 0; i < 2; ++i) {
    sim::Dice dice = dice_.Fork();
    tenant.publishers.push_back(std::make_unique<Publisher>(
        name + "/publisher " + std::to_string(i), dice, std::vector<std::string>{other, kPassing},
        credentials_[name], PlanOf(dice_, name, i, options_.events, wall_), options_.pace));
    parties_.push_back(tenant.publishers.back().get());
  }
  tenants_.push_back(std::move(tenant));
}

bool Simulation::Boot() {
  sim::SimOptions machine;
  machine.seed = dice_.Next();
  machine.start = wall_ - 1h;  // Where its clock has begun when it comes up.
  machine.network.buffer = 4U << 10;
  runtime_ = std::make_unique<sim::SimRuntime>(machine, disk_);
  booted_ = runtime_->clock().Now();
  if (incarnation_ < power_cuts_.size()) disk_.PowerOffAt(power_cuts_[incarnation_]);
  ++incarnation_;

  agent::app::Agent::Process process;
  process.own_uid = 1000;
  process.request_stop = [] {};
  process.read_config = []() -> Result<LoadedConfig> { return Configuration(); };
  process.templates_dir = "/templates";
  const LoadedConfig config = Configuration();
  net_ = {runtime_.get(),
          {async::Endpoint::Kind::kTcp, "127.0.0.1", 7800},
          {async::Endpoint::Kind::kUnix, config.config.socket, 0}};
  agent_ = std::make_unique<agent::app::Agent>(*runtime_, config, std::move(process));
  for (std::size_t i = 0; i < runtime_->io_threads(); ++i) {
    groups_.push_back(std::make_unique<async::TaskGroup>(runtime_->io(i).executor()));
  }
  groups_.push_back(std::make_unique<async::TaskGroup>(runtime_->platform()));

  const auto starting = std::make_shared<Starting>();
  groups_.back()->Spawn(Start(*agent_, starting));
  const bool in_time =
      runtime_->RunUntil([&] { return starting->done || disk_.power_off(); }, kLongestRun);
  if (disk_.power_off()) return false;
  if (!in_time) Say("the agent does not come up");
  if (!starting->error.empty()) Say("the agent does not start: " + starting->error);
  return report_.violations.empty();
}

void Simulation::StartParties() {
  for (Party* party : parties_) {
    const std::size_t io = dice_.Below(runtime_->io_threads());
    party->stream = nullptr;
    groups_[io]->Spawn(party->Run(net_, runtime_->io(io)));
  }
}

bool Simulation::Done() const {
  return operator_->done() && churner_->done() &&
         std::ranges::all_of(tenants_, [](const Tenant& tenant) {
           return std::ranges::all_of(tenant.publishers, [](const auto& p) { return p->done(); });
         });
}

void Simulation::Disturb() {
  ++report_.cuts;
  Party& party = *disturbed_[dice_.Below(disturbed_.size())];
  const std::uint64_t how = dice_.Below(8);
  if (how == 0) {
    runtime_->network().CutAll();
  } else if (how == 1) {
    runtime_->sim_clock().StepWall(1ms * (static_cast<std::int64_t>(dice_.Below(2000)) - 1000));
  } else if (party.stream == nullptr) {
    return;
  } else if (how == 2) {
    runtime_->network().HalfOpen(*party.stream);
  } else {
    runtime_->network().Cut(*party.stream);
  }
}

Clock::Duration Simulation::LongestRun() const {
  return kLongestRun + options_.pace * options_.events;
}

bool Simulation::LiveOnce() {
  if (!Boot()) return false;
  disk_.Lie(options_.lying_disk);
  StartParties();
  const auto end = runtime_->clock().Now() + LongestRun();
  const auto over = [&] { return Done() || disk_.power_off(); };
  while (!over() && runtime_->clock().Now() < end) {
    if (!runtime_->RunUntil(over, 3ms + options_.calm * dice_.Below(1000) / 1000)) Disturb();
  }
  if (disk_.power_off()) return false;
  if (!Done()) {
    Say("not everything was acknowledged in time");
    return false;
  }
  return Settled();
}

bool Simulation::Settled() {
  /// What the reading task needs. It may go on for a moment after the power went, when nobody waits
  /// for it any more, so it is the task's as well.
  struct Look {
    explicit Look(sim::Dice dice) : inspector(dice) {}
    Inspector inspector;
    Listing listing;
    bool done = false;
  };
  const auto look = std::make_shared<Look>(dice_.Fork());
  const auto end = runtime_->clock().Now() + kLongestRun;
  while (true) {
    bool settled = true;
    std::vector<std::string> wrong;
    for (const Tenant& tenant : tenants_) {
      // Driven by hand, because the power may go meanwhile.
      const auto read = [](std::shared_ptr<Look> into, Net net, async::IoThread& io,
                           std::string name) -> async::Task<void> {
        into->listing = co_await into->inspector.List(net, io, name);
        into->done = true;
      };
      look->done = false;
      groups_[0]->Spawn(read(look, net_, runtime_->io(0), tenant.name));
      runtime_->RunUntil([&] { return look->done || disk_.power_off(); }, kLongestRun);
      if (disk_.power_off()) return false;
      const Listing& listing = look->listing;
      settled = settled && look->done && AllDelivered(listing);
      for (const auto& publisher : tenant.publishers) {
        settled = settled && CheckAcknowledged(listing, *publisher).empty();
      }
      for (const auto& subscriber : tenant.subscribers) {
        for (auto& each : CheckSeen(listing, *subscriber)) wrong.push_back(std::move(each));
      }
    }
    if (settled && wrong.empty()) return true;
    if (runtime_->clock().Now() > end) {
      for (auto& each : wrong) Say(std::move(each));
      if (!settled) Say("a delivery, or a scheduled event, did not come to its end in ten minutes");
      return true;  // The checks say what is missing.
    }
    runtime_->RunUntil([&] { return disk_.power_off(); }, 5s);
    if (disk_.power_off()) return false;
  }
}

void Simulation::PullThePlug() {
  ++report_.power_cuts;
  // The disk dies a moment before the machine: what is promised meanwhile must not be a lie.
  runtime_->RunFor(1ms * dice_.Below(30));
  report_.fingerprint = report_.fingerprint * 31 + runtime_->fingerprint();
  for (Party* party : parties_) party->TakeLastBytes();
  report_.time += runtime_->clock().Now() - booted_;
  wall_ = runtime_->clock().WallNow() + 1s * dice_.Below(100);
  runtime_->Crash();
  for (auto& group : groups_) sim::Abandon(std::move(group));
  groups_.clear();
  for (Party* party : parties_) party->stream = nullptr;
  agent_.reset();
  runtime_.reset();
  disk_.Lie(false);
  disk_.PowerCut(dice_.Next());
}

void Simulation::CheckEvents(Inspector& inspector) {
  async::IoThread& io = runtime_->io(0);
  const auto add = [this](const std::string& tenant, std::vector<std::string> wrong) {
    for (auto& each : wrong) Say(tenant + ": " + each);
  };
  for (const Tenant& tenant : tenants_) {
    const Listing listing = runtime_->Run(inspector.List(net_, io, tenant.name));
    report_.events += listing.size();
    add(tenant.name, CheckNumbers(listing));
    for (const auto& publisher : tenant.publishers) {
      add(tenant.name, CheckAcknowledged(listing, *publisher));
    }
    add(tenant.name, CheckNotifications(listing, tenant.name));
    for (const auto& subscriber : tenant.subscribers) {
      add(tenant.name, CheckSeen(listing, *subscriber));
      report_.connections += subscriber->connections;
    }
    const auto audit = runtime_->Run(inspector.Audit(net_, io, tenant.name));
    add(tenant.name, CheckAudit(audit));
    // A record follows its action by 5 ms; a power cut may come between them.
    if (audit.empty() && report_.power_cuts == 0) Say(tenant.name + ": nothing was audited");
  }
  for (const ResumingClient* each : resuming_) report_.resumed += each->resumed;
}

void Simulation::CheckPassing(Inspector& inspector) {
  async::IoThread& io = runtime_->io(0);
  const int status = runtime_->Run(inspector.StatusOf(net_, io, kPassing));
  const bool on_disk = disk_.Exists("/data/tenants/" + std::string(kPassing));
  if (status == 200) {
    if (churner_->state == Churner::State::kGone) Say("a deleted tenant is there again");
    const Listing listing = runtime_->Run(inspector.List(net_, io, kPassing));
    for (auto& each : CheckNumbers(listing)) Say(kPassing + (": " + each));
    if (listing.empty() || listing[0].type != "tenant.created")
      Say("a tenant without its beginning");
    if (!on_disk) Say("a tenant without its folder");
  } else if (status == 404) {
    if (churner_->state == Churner::State::kThere) Say("an acknowledged tenant is not there");
    if (on_disk) Say("the folder of a tenant that is gone");
  } else {
    Say("a tenant's GET gives " + std::to_string(status));
  }
}

void Simulation::CheckParties() {
  for (const Party* party : parties_) {
    for (const std::string& complaint : party->complaints) Say(complaint);
    for (const std::string& text : party->canary.found()) {
      Say(party->name() + " received '" + text + "', which is another tenant's");
    }
  }
}

void Simulation::StopCleanly() {
  for (Party* party : parties_) party->stop = true;
  runtime_->network().CutAll();
  const auto gone = [this] {
    return std::ranges::all_of(groups_, [](const auto& group) { return group->running() == 0; });
  };
  if (!runtime_->RunUntil(gone)) Say("the clients do not end");
  runtime_->Run(agent_->Stop(), &runtime_->platform());
  report_.fingerprint = report_.fingerprint * 31 + runtime_->fingerprint();
  report_.disk_changes = disk_.changes();
  report_.time += runtime_->clock().Now() - booted_;
  groups_.clear();
  agent_.reset();
}

void Simulation::CheckDisk() {
  auto database =
      agent::store::Database::Open("/data/platform.db", {.vfs = disk_.mount().SqliteVfs()});
  if (!database) {
    Say("platform.db: " + database.error().detail);
    return;
  }
  const auto chain = agent::audit::VerifyChain(**database);
  if (!chain) Say("the platform's audit chain cannot be read: " + chain.error().detail);
  if (chain && chain->broken_at) Say("the platform's audit chain breaks: " + chain->why);
}

Report Simulation::Run() {
  try {
    RunToTheEnd();
  } catch (const std::runtime_error& stuck) {
    Say(stuck.what());
  }
  return report_;
}

void Simulation::RunToTheEnd() {
  while (!LiveOnce()) {
    if (!report_.violations.empty()) {
      PullThePlug();
      CheckParties();
      return;
    }
    PullThePlug();
  }
  disk_.PowerOffAt(1'000'000'000);
  Inspector inspector(dice_.Fork());
  CheckEvents(inspector);
  CheckPassing(inspector);
  for (const std::string& complaint : inspector.complaints) Say(complaint);
  CheckParties();
  StopCleanly();
  CheckDisk();
  runtime_.reset();
}

}  // namespace notify::simulation
