#include "agent/eventlog/retention/compactions.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/retention/dead_segments.hpp"
#include "common/log.hpp"

namespace notify::agent::eventlog {
namespace {

// A look opens the index, so it is for many moves together.
constexpr unsigned kMovesBetweenLooks = 64;
// Worth it from so much on: a look finds at least this, or leaves it for the next one.
constexpr std::uint64_t kManySmallBlocks = 32;
constexpr std::uint64_t kLeastDead = 256 << 10;

/// How much of the plan is done. Merging is told by the blocks, rewriting by the bytes.
double ProgressOf(const CompactionReport& report) {
  const auto part = [](std::uint64_t done, std::uint64_t of) {
    return of == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  };
  return (part(report.merged_blocks, report.plan.small_blocks) +
          part(report.rewritten_bytes, report.plan.rewritten_bytes)) /
         2;
}

}  // namespace

std::string_view CompactionStateName(CompactionReport::State state) {
  switch (state) {
    case CompactionReport::State::kRunning:
      return "running";
    case CompactionReport::State::kCompleted:
      return "completed";
    case CompactionReport::State::kFailed:
      return "failed";
  }
  return "failed";
}

SegmentRewriter Compactions::RewriterOf(const TenantHandle& tenant) {
  return {{parts_.runtime.files(), sealer_, parts_.writer.pace(), parts_.room}, tenant};
}

Compactions::Job* Compactions::JobOf(const TenantHandle& tenant) {
  const auto found = jobs_.find(tenant.id());
  if (found == jobs_.end() || found->second.epoch != tenant.record().epoch) return nullptr;
  return &found->second;
}

async::Task<Result<CompactionPlan>> Compactions::Plan(TenantHandle tenant) {
  auto rewriter = RewriterOf(tenant);
  co_return rewriter.Plan();
}

async::Task<Result<CompactionReport>> Compactions::Begin(TenantHandle tenant) {
  const Job* const there = JobOf(tenant);
  if (there != nullptr && there->report.state == CompactionReport::State::kRunning) {
    co_return there->report;
  }
  auto rewriter = RewriterOf(tenant);
  const auto plan = rewriter.Plan();
  if (!plan) co_return plan.error();
  Job job;
  job.epoch = tenant.record().epoch;
  job.report.plan = *plan;
  jobs_.insert_or_assign(tenant.id(), job);
  Queue(tenant);
  co_return job.report;
}

void Compactions::Moved(const TenantHandle& tenant) {
  if (++moves_[tenant.id()] < kMovesBetweenLooks) return;
  moves_.erase(tenant.id());
  parts_.writer.Do({tenant.id(), [this, tenant] { return LookAt(tenant); }});
}

async::Task<void> Compactions::LookAt(TenantHandle tenant) {
  const auto plan = RewriterOf(tenant).Plan();
  // A log that cannot be read is told by who reads it.
  if (!plan || (plan->small_blocks < kManySmallBlocks &&
                plan->dead_bytes() < std::max(kLeastDead, plan->live_bytes))) {
    co_return;
  }
  auto beginning = Begin(tenant);
  if (auto begun = co_await std::move(beginning); !begun) {
    log::Warning("The log of {TenantId} is not compacted: {Reason}",
                 {{"TenantId", tenant.id().text()}, {"Reason", begun.error().detail}});
  }
}

async::Task<std::optional<CompactionReport>> Compactions::Of(TenantHandle tenant) {
  const Job* const job = JobOf(tenant);
  if (job == nullptr) co_return std::nullopt;
  co_return job->report;
}

void Compactions::Queue(const TenantHandle& tenant) {
  parts_.writer.Do({tenant.id(), [this, tenant] { return Step(tenant); }});
}

async::Task<void> Compactions::Step(TenantHandle tenant) {
  const Job* const before = JobOf(tenant);
  if (before == nullptr) co_return;
  auto stepping = StepOnce(tenant, *before);
  const Status stepped = co_await std::move(stepping);
  Job* const job = JobOf(tenant);
  if (job == nullptr) co_return;
  if (!stepped) {
    parts_.writer.Unproven(tenant.id());
    job->report.state = CompactionReport::State::kFailed;
    job->report.error = stepped.error().detail;
    log::Error("The log of {TenantId} is not compacted any further: {Reason}",
               {{"TenantId", tenant.id().text()}, {"Reason", stepped.error().detail}});
  } else if (job->cursor.is_done) {
    job->report.state = CompactionReport::State::kCompleted;
    job->report.progress = 1;
  } else {
    Queue(tenant);
  }
}

async::Task<Status> Compactions::StepOnce(const TenantHandle& tenant, Job job) {
  auto rewriter = RewriterOf(tenant);
  auto stepping = rewriter.Step(job.cursor);
  if (auto stepped = co_await std::move(stepping); !stepped) co_return stepped;
  const auto freed = RemoveDeadSegments(parts_.runtime.files(), tenant, rewriter.index());
  if (!freed) co_return freed.error();
  const auto extent = rewriter.index().Extent();
  if (!extent) co_return extent.error();
  parts_.stored(tenant, *extent);
  job.report.merged_blocks = job.cursor.merged_blocks;
  job.report.rewritten_bytes = job.cursor.rewritten_bytes;
  job.report.freed_bytes += *freed;
  job.report.progress = ProgressOf(job.report);
  if (Job* const kept = JobOf(tenant)) *kept = job;
  co_return Status();
}

}  // namespace notify::agent::eventlog
