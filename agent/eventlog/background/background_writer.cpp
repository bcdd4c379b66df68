#include "agent/eventlog/background/background_writer.hpp"

#include <algorithm>
#include <utility>

#include "common/log.hpp"

namespace notify::agent::eventlog {
namespace {

using namespace std::chrono_literals;

constexpr Clock::Duration kTryAgain = 1s;
constexpr Clock::Duration kTryAgainAtMost = 10s;

}  // namespace

BackgroundWriter::BackgroundWriter(async::Runtime& runtime, KeyHorizon horizon,
                                   std::function<unsigned()> pressure)
    : runtime_(runtime),
      journal_(runtime.files()),
      sealer_(runtime.random()),
      pace_(runtime.background_timers(), std::move(pressure)),
      horizon_(horizon),
      group_(runtime.background()) {}

void BackgroundWriter::Move(FullGeneration generation, Observer observer) {
  auto job = std::make_shared<Job>(Job{std::move(generation), std::move(observer)});
  runtime_.background().Post([this, job] {
    jobs_.push_back(std::move(*job));
    if (!std::exchange(working_, true)) group_.Spawn(Work());
  });
}

async::Task<void> BackgroundWriter::Work() {
  async::StopHook on_stop(group_, [this] { stop_.Notify(); });
  while (!jobs_.empty() && !group_.stopping()) {
    Job& job = jobs_.front();
    if (job.next < job.generation.tenants.size()) {
      const FullGeneration::Tenant tenant = std::move(job.generation.tenants[job.next++]);
      auto moving = MoveTenant(job.generation.base, tenant, job.observer.failed);
      co_await std::move(moving);
    } else {
      const Observer observer = std::move(job.observer);
      jobs_.pop_front();
      observer.moved();
    }
  }
  journal_.CloseAll();
  working_ = false;
}

async::Task<void> BackgroundWriter::MoveTenant(const std::string& base,
                                               const FullGeneration::Tenant& tenant,
                                               const std::function<void(const Error&)>& failed) {
  current_ = tenant.tenant.id();
  forget_current_ = false;
  bool fresh = false;
  Clock::Duration wait = kTryAgain;
  while (!forget_current_ && !group_.stopping()) {
    TenantMover mover({runtime_.files(), journal_, sealer_, pace_, horizon_}, tenant.tenant, fresh);
    auto moving = mover.Move(base, tenant.blocks);
    const Status moved = co_await std::move(moving);
    if (moved) {
      complaint_.clear();
      break;
    }
    Complain(tenant.tenant.id(), moved.error());
    failed(moved.error());
    fresh = true;
    journal_.CloseAll();
    co_await stop_.WaitFor(runtime_.background_timers(), wait);
    wait = std::min(wait * 2, kTryAgainAtMost);
  }
  current_.reset();
  current_done_.Notify();
}

void BackgroundWriter::Complain(const TenantId& tenant, const Error& error) {
  if (std::exchange(complaint_, error.detail) == error.detail) return;
  log::Error("The journal cannot be moved to the log of {TenantId}: {Reason}",
             {{"TenantId", tenant.text()}, {"Reason", error.detail}});
}

async::Task<void> BackgroundWriter::Forget(TenantId tenant) {
  for (Job& job : jobs_) {
    auto& tenants = job.generation.tenants;
    const auto from = tenants.begin() + static_cast<std::ptrdiff_t>(job.next);
    tenants.erase(std::remove_if(from, tenants.end(),
                                 [&](const FullGeneration::Tenant& candidate) {
                                   return candidate.tenant.id() == tenant;
                                 }),
                  tenants.end());
  }
  while (current_ == tenant) {
    forget_current_ = true;
    stop_.Notify();
    co_await current_done_.Wait();
  }
}

async::Task<void> BackgroundWriter::Stop() { return group_.Stop(); }

}  // namespace notify::agent::eventlog
