#pragma once

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/hub_news.hpp"

namespace notify::agent::pipeline {

/// Tells a tenant of its hub's clients, by the event `hub.slow`. At most `kMostWaiting` wait to be
/// stored; beyond it they are counted in metrics only.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  TellSlow from any; the rest on the platform executor.
class HubNotices final : public HubNews {
 public:
  /// Both outlive it.
  HubNotices(async::Runtime& runtime, Feedback& feedback)
      : runtime_(runtime), feedback_(feedback), tasks_(runtime.platform()) {}
  HubNotices(const HubNotices&) = delete;
  HubNotices& operator=(const HubNotices&) = delete;

  void TellSlow(const TenantHandle& tenant, SlowClient client) override;

  async::Task<void> Stop() { return tasks_.Stop(); }

 private:
  static constexpr std::size_t kMostWaiting = 1000;

  async::Task<void> Tell(TenantHandle tenant, SlowClient client);

  async::Runtime& runtime_;
  Feedback& feedback_;
  async::TaskGroup tasks_;
};

}  // namespace notify::agent::pipeline
