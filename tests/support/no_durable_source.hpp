#pragma once

#include "agent/flow/durable_source.hpp"

namespace notify::testing_support {

/// Stands where a test has no durable subscriptions: each call says so.
class NoDurableSource final : public agent::DurableSource {
 public:
  agent::async::Task<Result<agent::DurableBegun>> Begin(agent::TenantHandle,
                                                        agent::DurableWish) override {
    co_return Fail(Errc::kFeatureDisabled, "This test has no durable subscriptions.");
  }
  agent::async::Task<Result<agent::Fetched>> Next(agent::TenantHandle,
                                                  agent::DurableRequest) override {
    co_return Fail(Errc::kNotFound, "This test has no durable subscriptions.");
  }
  agent::async::Task<Status> Acknowledge(agent::TenantHandle, agent::DurableClaim,
                                         Position) override {
    co_return Fail(Errc::kNotFound, "This test has no durable subscriptions.");
  }
  agent::async::Task<void> TakeBack(agent::TenantHandle, agent::DurableClaim,
                                    agent::Fetched) override {
    co_return;
  }
  agent::async::Task<void> End(agent::TenantHandle, agent::DurableClaim) override { co_return; }
};

}  // namespace notify::testing_support
