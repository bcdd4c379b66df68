#pragma once

#include <map>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/eventlog/event_log.hpp"
#include "agent/flow/feedback.hpp"
#include "agent/flow/tenant_holder.hpp"
#include "agent/telemetry/handles.hpp"
#include "agent/telemetry/metrics.hpp"

namespace notify::agent::pipeline {

/// Tells what the care for the logs came to: to a tenant by its events `quota.storage.warning`,
/// `quota.storage.refused` and `quota.storage.resumed`, to operators by metrics.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  Take from any; the rest on the platform executor.
class StorageNotices final : public TenantHolder {
 public:
  /// All outlive it.
  StorageNotices(async::Runtime& runtime, Feedback& feedback, const telemetry::Metrics& metrics)
      : runtime_(runtime), feedback_(feedback), metrics_(metrics), tasks_(runtime.platform()) {}
  StorageNotices(const StorageNotices&) = delete;
  StorageNotices& operator=(const StorageNotices&) = delete;

  void Take(const TenantHandle& tenant, const eventlog::CareNews& news);

  /// The disk as it was seen last.
  void TakeDisk(const async::DiskSpace& disk, eventlog::DiskLevel level);

  async::Task<void> LetGo(TenantHandle tenant) override;

  async::Task<void> Stop() { return tasks_.Stop(); }

 private:
  struct Shown {
    telemetry::GaugeShare horizon;
    telemetry::GaugeShare bytes;
  };
  void TakeHere(const TenantHandle& tenant, const eventlog::CareNews& news);
  async::Task<void> Tell(TenantHandle tenant, OwnEvent event);

  async::Runtime& runtime_;
  Feedback& feedback_;
  const telemetry::Metrics& metrics_;
  async::TaskGroup tasks_;
  std::map<TenantId, Shown> shown_;
  telemetry::GaugeShare free_{metrics_.disk_free_bytes.For()};
  telemetry::GaugeShare level_{metrics_.disk_level.For()};
};

}  // namespace notify::agent::pipeline
