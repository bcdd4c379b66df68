#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "agent/async/runtime.hpp"
#include "agent/eventlog/background/background_writer.hpp"
#include "agent/eventlog/background/segment_rewriter.hpp"

namespace notify::agent::eventlog {

/// How far a compaction is, or what it came to.
struct CompactionReport {
  enum class State : std::uint8_t { kRunning, kCompleted, kFailed };
  State state = State::kRunning;
  CompactionPlan plan;  ///< When it began.
  std::uint64_t merged_blocks = 0;
  std::uint64_t rewritten_bytes = 0;
  std::uint64_t freed_bytes = 0;  ///< Of files that were deleted.
  double progress = 0;            ///< From 0 to 1.
  std::string error;              ///< Why it failed.
};

/// Compacts logs online, where somebody asks for it, and where a log that gets little at a
/// time came to many small blocks, or more of its files is dead than alive. A step at a time
/// between what is moved, one compaction of a tenant at once. What it was doing when the agent
/// ended is not taken up again: asking again goes on with what is left.
///
/// Lifetime: as the EventLog; its writer is stopped before it goes.
/// Threads:  the background executor.
class Compactions {
 public:
  struct Parts {
    async::Runtime& runtime;
    BackgroundWriter& writer;
    std::function<Status()> room;  ///< Whether segments may grow.
    /// What lies in a tenant's segments now.
    std::function<void(const TenantHandle&, const StoredExtent&)> stored;
  };
  explicit Compactions(Parts parts) : parts_(std::move(parts)), sealer_(parts_.runtime.random()) {}
  Compactions(const Compactions&) = delete;
  Compactions& operator=(const Compactions&) = delete;

  /// What there would be to do.
  async::Task<Result<CompactionPlan>> Plan(TenantHandle tenant);

  /// Begins, unless one is running; how far it is.
  async::Task<Result<CompactionReport>> Begin(TenantHandle tenant);

  /// The mover put something into a tenant's segments: it is looked at from time to time
  /// whether they are to be compacted.
  void Moved(const TenantHandle& tenant);

  /// Nothing where none was begun since the start.
  async::Task<std::optional<CompactionReport>> Of(TenantHandle tenant);

  void Forget(const TenantId& tenant) {
    jobs_.erase(tenant);
    moves_.erase(tenant);
  }

 private:
  struct Job {
    Epoch epoch;
    CompactionCursor cursor;
    CompactionReport report;
  };
  SegmentRewriter RewriterOf(const TenantHandle& tenant);
  Job* JobOf(const TenantHandle& tenant);
  async::Task<void> LookAt(TenantHandle tenant);
  void Queue(const TenantHandle& tenant);
  async::Task<void> Step(TenantHandle tenant);
  async::Task<Status> StepOnce(const TenantHandle& tenant, Job job);

  const Parts parts_;
  BlockSealer sealer_;
  std::map<TenantId, Job> jobs_;
  std::map<TenantId, unsigned> moves_;  // Since each was looked at.
};

/// `running`, `completed`, `failed`.
std::string_view CompactionStateName(CompactionReport::State state);

}  // namespace notify::agent::eventlog
