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
                                   std::function<unsigned()> pressure, std::function<Status()> room)
    : runtime_(runtime),
      journal_(runtime.files()),
      sealer_(runtime.random()),
      pace_(runtime.background_timers(), std::move(pressure)),
      horizon_(horizon),
      group_(runtime.background()),
      room_(std::move(room)) {}

void BackgroundWriter::Move(FullGeneration generation, Observer observer) {
  auto job = std::make_shared<Job>(Job{std::move(generation), std::move(observer)});
  runtime_.background().Post([this, job] {
    jobs_.push_back(std::move(*job));
    Begin();
  });
}

void BackgroundWriter::Do(Chore chore) {
  if (group_.stopping()) {
    chore.dropped();
    return;
  }
  chores_.push_back(std::move(chore));
  Begin();
  wake_.Notify();
}

void BackgroundWriter::Begin() {
  if (!std::exchange(working_, true)) group_.Spawn(Work());
}

async::Task<void> BackgroundWriter::Work() {
  async::StopHook on_stop(group_, [this] { wake_.Notify(); });
  while (!(jobs_.empty() && chores_.empty()) && !group_.stopping()) {
    if (!jobs_.empty()) {
      auto moving = MoveNext(jobs_.front());
      co_await std::move(moving);
    }
    // One between two tenants, so that neither waits for all of the other.
    auto doing = DoOneChore();
    co_await std::move(doing);
  }
  for (Chore& chore : std::exchange(chores_, {})) chore.dropped();
  journal_.CloseAll();
  working_ = false;
}

async::Task<void> BackgroundWriter::MoveNext(Job& job) {
  if (job.next < job.generation.tenants.size()) {
    const FullGeneration::Tenant tenant = std::move(job.generation.tenants[job.next++]);
    auto moving = MoveTenant(job.generation.base, tenant, job.observer);
    co_await std::move(moving);
  } else {
    const Observer observer = std::move(job.observer);
    jobs_.pop_front();
    observer.moved();
  }
}

async::Task<void> BackgroundWriter::DoOneChore() {
  if (chores_.empty() || group_.stopping()) co_return;
  const Chore chore = std::move(chores_.front());
  chores_.pop_front();
  current_chore_ = chore.tenant;
  auto running = chore.run();
  co_await std::move(running);
  current_chore_.reset();
  current_done_.Notify();
}

async::Task<void> BackgroundWriter::MoveTenant(const std::string& base,
                                               const FullGeneration::Tenant& tenant,
                                               const Observer& observer) {
  current_ = tenant.tenant.id();
  forget_current_ = false;
  bool fresh = unproven_.erase(tenant.tenant.id()) > 0;
  Clock::Duration wait = kTryAgain;
  while (!forget_current_ && !group_.stopping()) {
    TenantMover mover({runtime_.files(), journal_, sealer_, pace_, horizon_, room_}, tenant.tenant,
                      fresh);
    auto moving = mover.Move(base, tenant.blocks);
    const auto moved = co_await std::move(moving);
    if (moved) {
      complaint_.clear();
      observer.tenant_moved(tenant.tenant, *moved);
      break;
    }
    Complain(tenant.tenant.id(), moved.error());
    observer.failed(moved.error());
    fresh = true;
    journal_.CloseAll();
    // Retention may be what makes room.
    for (std::size_t left = chores_.size(); left > 0 && !group_.stopping(); --left) {
      auto doing = DoOneChore();
      co_await std::move(doing);
    }
    co_await wake_.WaitFor(runtime_.background_timers(), wait);
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
  std::deque<Chore> kept;
  for (Chore& chore : std::exchange(chores_, {})) {
    if (chore.tenant == tenant) {
      chore.dropped();
    } else {
      kept.push_back(std::move(chore));
    }
  }
  chores_ = std::move(kept);
  while (current_ == tenant || current_chore_ == tenant) {
    forget_current_ = current_ == tenant;
    wake_.Notify();
    co_await current_done_.Wait();
  }
}

async::Task<void> BackgroundWriter::Stop() { return group_.Stop(); }

}  // namespace notify::agent::eventlog
