#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "agent/eventlog/journal/journal_reader.hpp"
#include "agent/eventlog/journal/journaled_blocks.hpp"
#include "agent/eventlog/ports/commit_log.hpp"

namespace notify::agent::eventlog {

/// Finds the tenant of a name and an epoch, to which blocks in a journal belong; nothing where it
/// was deleted.
using FindTenant = std::function<std::optional<TenantHandle>(std::string_view tenant, Epoch epoch)>;

/// CommitLog as one journal for all tenants of a storage thread. What is in it goes to the tenants'
/// own segments by and by: a generation that is full is told to `on_full`, and Release ends it.
///
/// Lifetime: as its storage thread.
/// Threads:  its storage thread; `fill_percent` from any.
class JournalCommitLog final : public CommitLog {
 public:
  using OnFull = std::function<void(FullGeneration)>;

  /// `files` outlives it. `on_full` is called on the storage thread.
  JournalCommitLog(async::FileSystem& files, Journal::Options journal, std::size_t max_open,
                   OnFull on_full);

  /// Reads what the last run left. Before anything else; `find` may be called until it returns.
  Status Recover(const FindTenant& find);

  Result<LogExtent> Open(const TenantHandle& tenant) override;
  Status MakeRoom(std::size_t bytes) override;
  std::uint64_t generation() const override { return journal_.generation(); }
  std::vector<CommitOutcome> Commit(std::span<const BlockToCommit> blocks,
                                    std::vector<Error>& why) override;
  Status RecentKeys(const TenantHandle& tenant, const OnKeys& each) override;
  Result<StreamHead> Stream(const TenantHandle& tenant, const StreamKey& stream) override {
    return stored_.Stream(tenant, stream);
  }
  Result<std::vector<std::unique_ptr<KeyRun>>> KeyRuns(const TenantHandle& tenant) override;
  Result<std::string> BlockWith(const TenantHandle& tenant, Sequence sequence) override;
  void Forget(const TenantId& tenant) override;
  void CloseFiles() override;

  /// Blocks in the journal with events above `after`, until they have `max_bytes`, at least one.
  /// Nothing where the block behind `after` is in the segments.
  std::optional<JournaledBlocks> After(const TenantHandle& tenant, Sequence after,
                                       std::size_t max_bytes) const;
  /// Bytes of the tenant's blocks in the journal behind event `after`.
  std::uint64_t BytesBehind(const TenantHandle& tenant, Sequence after) const;
  /// Where the tenant's blocks in the journal begin; nothing where it has none.
  std::optional<Sequence> First(const TenantHandle& tenant) const;
  /// All blocks of the tenant in the journal.
  JournaledBlocks All(const TenantHandle& tenant) const;

  /// Ends the present generation where it holds something, so that it is moved.
  void EndGeneration();
  /// The segments have all of a generation.
  void Release(std::uint64_t generation);
  const std::string& base() const { return base_; }
  /// Where the journal ends now; the same as before where nothing was committed since.
  struct Mark {
    std::uint64_t generation = 0;
    std::uint64_t used = 0;
    bool operator==(const Mark&) const = default;
  };
  Mark mark() const { return {journal_.generation(), journal_.used()}; }

  /// How full the present generation is: how much it hurries to empty the other.
  unsigned fill_percent() const { return fill_percent_.load(std::memory_order_relaxed); }

 private:
  struct Unmoved {
    TenantHandle tenant;
    std::deque<JournaledBlock> blocks;  // In order, without a gap.
  };
  void Add(const TenantHandle& tenant, JournaledBlock block);
  void TellFull();
  void NoteFill();
  const std::deque<JournaledBlock>* BlocksOf(const TenantHandle& tenant) const;

  const std::string base_;
  const std::size_t max_open_;
  const OnFull on_full_;
  Journal journal_;
  JournalReader reader_;
  StoredLog stored_;
  std::map<TenantId, Unmoved> unmoved_;
  std::optional<std::uint64_t> told_full_;
  std::atomic<unsigned> fill_percent_{0};
};

}  // namespace notify::agent::eventlog
