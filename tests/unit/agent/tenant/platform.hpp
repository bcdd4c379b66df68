#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/auth/authenticator.hpp"
#include "agent/auth/mint.hpp"
#include "agent/tenant/access.hpp"
#include "agent/tenant/registry.hpp"
#include "tests/support/recording_audit.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::tenant {

/// A log that only remembers what it was told, or refuses.
class RecordingFeedback final : public Feedback {
 public:
  async::Task<Result<std::vector<OwnPosition>>> Append(TenantHandle tenant,
                                                       std::vector<OwnEvent> events) override {
    if (refuse) co_return Fail(Errc::kUnavailable, "The log is closed.");
    for (OwnEvent& event : events) told.emplace_back(tenant.id().text(), std::move(event));
    co_return std::vector<OwnPosition>(events.size());
  }
  std::vector<std::string> Types() const {
    std::vector<std::string> types;
    for (const auto& [tenant, event] : told) types.push_back(tenant + " " + event.type);
    return types;
  }

  std::vector<std::pair<std::string, OwnEvent>> told;
  bool refuse = false;
};

/// Remembers who stopped, and whether the folder was still there.
class RecordingHolder final : public TenantHolder {
 public:
  async::Task<void> LetGo(TenantHandle tenant) override {
    stopped.push_back(tenant.id().text() + " " +
                      std::string(TenantStateName(tenant.record().state)));
    co_return;
  }
  std::vector<std::string> stopped;
};

/// The platform's part of an agent on a simulated machine, which can lose its power.
class Platform {
 public:
  explicit Platform(std::uint64_t seed = 1) : seed_(seed) { Start(); }
  ~Platform() { Stop(); }

  void Start() {
    EXPECT_TRUE(disk.MakeFolder("/data"));
    EXPECT_TRUE(disk.SyncFolder("/"));
    runtime = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = seed_}, disk);
    auto opened = store::Database::Open("/data/platform.db", {.vfs = runtime->files().SqliteVfs()});
    ASSERT_TRUE(opened) << opened.error().detail;
    database = std::move(*opened);
    keyring.emplace(store::Keyring::Open(*database, *KeySource::Parse("file:/data/master.key"),
                                         runtime->files(), runtime->random())
                        .value());
    rows = PlatformStore::Open(*database).value();
    directory = std::make_unique<DirectoryPublisher>(*runtime);
    mint = std::make_unique<auth::Mint>(runtime->clock(), runtime->random());
    registry = std::make_unique<Registry>(
        Registry::Parts{*runtime, *rows, *keyring, *directory, feedback, audit, "/data"});
    registry->AddHolder(holder);
    access = std::make_unique<Access>(Access::Parts{*runtime, *rows, *directory, *mint, "/data"});
    authenticator = std::make_unique<auth::Authenticator>(issuers, runtime->clock(), 1000);
    ASSERT_TRUE(runtime->Run(registry->Load()));
  }

  void Stop() {
    authenticator.reset();
    access.reset();
    registry.reset();
    mint.reset();
    directory.reset();
    rows.reset();
    keyring.reset();
    database.reset();
    runtime.reset();
  }

  /// Ends all of a sudden, loses what was not synced, and starts again.
  void PowerCut() {
    runtime->Crash();
    Stop();
    disk.PowerCut(seed_);
    Start();
  }
  void Finish() { runtime->Run(registry->FinishUnfinished()); }

  Result<TenantPtr> Create(const std::string& name) {
    return CreateOf(R"({"id":")" + name + "\"}");
  }
  Result<TenantPtr> CreateOf(const std::string& body) {
    auto draft = ParseTenantDraft(body);
    if (!draft) return draft.error();
    return runtime->Run(registry->Create(std::move(*draft), Registry::Origin::kRequest));
  }
  Result<TenantPtr> Update(const char* name, std::string body) {
    return runtime->Run(registry->Update(Id(name), std::move(body)));
  }
  Status Delete(const char* name) { return runtime->Run(registry->Delete(Id(name))); }

  static TenantId Id(const std::string& name) { return TenantId::Parse(name).value(); }
  TenantPtr Find(const char* name, std::size_t io = 0) {
    return directory->OfIo(io)->Tenant(Id(name));
  }
  bool HasFolder(const std::string& name) { return disk.Exists("/data/tenants/" + name); }

  testing_support::sim::SimDisk disk;
  std::unique_ptr<testing_support::sim::SimRuntime> runtime;
  std::unique_ptr<store::Database> database;
  std::optional<store::Keyring> keyring;
  std::unique_ptr<PlatformStore> rows;
  std::unique_ptr<DirectoryPublisher> directory;
  std::unique_ptr<auth::Mint> mint;
  testing_support::RecordingAudit audit;
  RecordingFeedback feedback;
  RecordingHolder holder;
  std::unique_ptr<Registry> registry;
  std::unique_ptr<Access> access;
  auth::Issuers issuers;
  std::unique_ptr<auth::Authenticator> authenticator;

 private:
  std::uint64_t seed_;
};

}  // namespace notify::agent::tenant
