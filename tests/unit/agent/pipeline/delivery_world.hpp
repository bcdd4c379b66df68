#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/channel/in_app/in_app_provider.hpp"
#include "agent/channel/webhook/webhook_provider.hpp"
#include "agent/delivery/delivery_queue.hpp"
#include "agent/pipeline/event_processing.hpp"
#include "agent/pipeline/notifications.hpp"
#include "agent/trigger/trigger_store.hpp"
#include "tests/support/fake_event_log.hpp"
#include "tests/support/fake_http.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::pipeline {

/// The set of platform.db, in memory.
struct FakeUnfinished final : UnfinishedWork {
  void Add(const TenantHandle& tenant) override { tenants.insert(tenant.id().text()); }
  void Remove(const TenantHandle& tenant) override { tenants.erase(tenant.id().text()); }
  std::set<std::string> tenants;
};

/// Connections that note what they are told.
struct FakeLive final : LiveSink {
  async::Task<std::size_t> Invoke(TenantHandle tenant, LiveTarget target, std::string method,
                                  std::string argument) override {
    const std::string who = target.kind == LiveTarget::Kind::kUser ? "user:" + target.name : "all";
    told.push_back(tenant.id().text() + " " + who + " " + method);
    arguments.push_back(std::move(argument));
    co_return connections;
  }
  async::Task<std::size_t> InvokeNewest(TenantHandle, LiveTarget, std::string, std::string,
                                        std::string) override {
    ADD_FAILURE() << "No notification takes another's place.";
    co_return 0;
  }
  std::size_t connections = 1;
  std::vector<std::string> told;
  std::vector<std::string> arguments;
};

/// One life of the delivery side: what a crash ends.
struct DeliverySide {
  DeliverySide(testing_support::sim::SimRuntime& runtime, testing_support::FakeEventLog& log,
               FakeUnfinished& unfinished, FakeLive& live, testing_support::FakeHttp& http,
               DeliveryOptions options)
      : databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
        renderer(Base(), metrics, runtime.clock()),
        parts{runtime, log, log, databases, unfinished, channels, renderer, metrics, nullptr},
        loop(parts, options),
        notifications(parts, options, loop),
        processing(parts, loop) {
    channels.Add(std::make_unique<channel::InAppProvider>(live));
    channels.Add(std::make_unique<channel::WebhookProvider>(http, runtime.clock(),
                                                            channel::WebhookOptions{}));
  }

  static render::BaseTemplates Base() {
    render::BaseTemplates base;
    render::StoredTemplate stored;
    stored.id = "hello";
    stored.files = {
        {"in_app.yaml.hbs", "title: \"Hello\"\nbody: \"{{data.text}} for {{tenant.id}}\"\n"},
        {"webhook.json.hbs", "{\"text\": \"{{data.text}}\"}"}};
    base.templates["hello"] = stored;
    return base;
  }

  store::TenantDatabases databases;
  telemetry::Metrics metrics{telemetry::MetricsOptions{}};
  channel::Registry channels;
  render::Renderer renderer;
  DeliveryParts parts;
  DeliveryLoop loop;
  Notifications notifications;
  EventProcessing processing;
};

/// Two tenants with a log each, and a delivery side that can crash and come back.
class DeliveryWorld : public testing::Test {
 protected:
  static constexpr auto kUrl = "https://hooks.example/in";
  static constexpr auto kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  DeliveryWorld() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  ~DeliveryWorld() override {
    if (side_ == nullptr) return;
    runtime_->Run(side_->loop.Stop(), &runtime_->platform());
    side_.reset();
  }

  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    http_ = std::make_unique<testing_support::FakeHttp>();
    side_ = std::make_unique<DeliverySide>(*runtime_, log_, unfinished_, live_, *http_, options_);
    log_.head_moved = [this](const TenantHandle& tenant, Position head) {
      runtime_->platform().Post([this, tenant, head] { side_->loop.HeadMoved(tenant, head); });
    };
  }

  /// The power goes, and comes back; the log has lost nothing.
  void CrashAndRestart() {
    log_.head_moved = nullptr;
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    http_.reset();
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
    std::vector<TenantHandle> tenants;
    for (const std::string& id : unfinished_.tenants)
      tenants.push_back(id == "blue" ? blue_ : green_);
    runtime_->platform().Post([this, tenants] { side_->loop.Resume(tenants); });
  }

  void Settle() { runtime_->RunFor(std::chrono::seconds(20)); }

  std::string PutRule(const TenantHandle& tenant, const std::string& body) {
    auto put = runtime_->Run(side_->notifications.PutTrigger(tenant, "rule", body));
    return put ? *put : put.error().detail;
  }
  void TellsTheTenant(const TenantHandle& tenant) {
    PutRule(tenant, R"({"on": "a.b", "template": "hello", "audience": {"tenant": true}})");
  }
  void TellsTheWebhook(const TenantHandle& tenant) {
    PutRule(tenant, std::string(R"({"on": "a.b", "template": "hello", "audience": {"webhook":)") +
                        R"({"url": ")" + kUrl + R"(", "secret": ")" + kSecret + "\"}}}");
  }
  void Publish(const TenantHandle& tenant, const std::string& type = "a.b",
               const std::string& data = R"({"text": "hi"})") {
    log_.Publish(tenant, {.type = type, .data = data, .userid = "alice", .correlationid = "c-1"});
  }
  void Answers(int status, const std::string& retry_after = {}) {
    http_->Answer(kUrl, channel::HttpResponse{.status = status, .retry_after = retry_after});
  }
  std::size_t Count(const TenantHandle& tenant, std::string_view type) {
    return log_.OfType(tenant, type).size();
  }
  std::string WebhookId(std::size_t request) {
    for (const auto& [name, value] : http_->requests.at(request).headers) {
      if (name == "webhook-id") return value;
    }
    return {};
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  FakeUnfinished unfinished_;
  FakeLive live_;
  DeliveryOptions options_;
  std::uint64_t seed_ = 0;
  const TenantHandle blue_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue", "/blue", 1000));
  const TenantHandle green_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("green", "/green", 1001));
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<testing_support::FakeHttp> http_;
  std::unique_ptr<DeliverySide> side_;
};

}  // namespace notify::agent::pipeline
