#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "cli/client/ordered_calls.hpp"
#include "cli/history/batch.hpp"
#include "cli/history/checkpoint.hpp"
#include "cli/history/rejections.hpp"
#include "cli/interrupts.hpp"
#include "common/clock.hpp"

namespace notify::cli::history {

/// What an import is told.
struct ImportSettings {
  std::string from_tenant;  ///< Whose export it is, where that is another tenant's.
  bool fire_triggers = false;
  bool stop_on_error = true;
  bool dry_run = false;  ///< The agent only says what it would take.
  BatchLimits batch;
  std::size_t in_flight = 4;          ///< Batches sent and not yet answered.
  std::string checkpoint_path;        ///< Empty: none is written.
  std::chrono::seconds patience{60};  ///< So long an agent may be away.
};

/// Where the events of this run lie in the log; nothing where none was stored.
struct StoredRange {
  std::int64_t epoch = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

/// Sends records to the agent in their order, several batches at a time, until all are answered.
/// What is not answered is sent again under the same duplicate keys: the agent stores each once,
/// whatever dies on the way.
///
/// Lifetime: what it is given outlives it. Threads: one at a time.
class ImportRun {
 public:
  ImportRun(client::ApiClient& api, RecordSource& source, Rejections& rejections,
            const Interrupts& interrupts, const Clock& clock, ImportSettings settings,
            Checkpoint from);

  /// kInvalidArgument where a record stopped it, kInterrupted by a signal, the agent's refusal, and
  /// kAgentUnreachable where it was away for too long. Every way out leaves a checkpoint.
  Status Run(const std::function<void(const RecordSource&)>& progress);

  const Checkpoint& checkpoint() const { return at_; }
  const StoredRange& stored() const { return stored_; }

 private:
  Status Loop(const std::function<void(const RecordSource&)>& progress);
  Status Fill();
  Status SendUnsent();
  Status Exchange();
  Status Settle(const Value& answer);
  Status Recover(const Error& error);
  Status Wait(std::chrono::milliseconds time);
  Status Save(bool now);
  client::Request RequestOf(const Batch& batch) const;

  client::ApiClient& api_;
  RecordSource& source_;
  Rejections& rejections_;
  const Interrupts& interrupts_;
  const Clock& clock_;
  const ImportSettings settings_;
  Batcher batcher_;
  Checkpoint at_;
  StoredRange stored_;

  std::unique_ptr<client::OrderedCalls> calls_;
  std::deque<Batch> pending_;  // The first `sent_` of them are on their way.
  std::size_t sent_ = 0;
  bool read_all_ = false;
  bool stopped_ = false;
  int failures_ = 0;  // In a row.
  Clock::TimePoint answered_;
  Clock::TimePoint saved_;
};

}  // namespace notify::cli::history
