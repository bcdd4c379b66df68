#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/eventlog/journal/journal_file.hpp"

namespace notify::agent::eventlog {

/// Where a block lies in the journal, until its file is used again.
struct BlockPlace {
  std::uint64_t generation = 0;
  std::uint64_t offset = 0;
  std::uint32_t block_bytes = 0;
  std::uint32_t keys_bytes = 0;     ///< Behind the block.
  std::uint32_t summary_bytes = 0;  ///< Behind the keys.

  std::size_t bytes() const { return std::size_t{block_bytes} + keys_bytes + summary_bytes; }
};

/// The path of a storage thread's journal in `folder`, without the ending of its two files.
std::string JournalBase(const std::string& folder, std::size_t thread, std::size_t threads);

/// The path of the file that holds a generation: the two take turns.
std::string JournalPath(const std::string& base, std::uint64_t generation);

/// What a storage thread commits, for all its tenants: two files used in turn, one write and one
/// sync a commit. A file is used again when Release says that the tenants' own files have all of
/// it.
///
/// A failed write or sync is final for its generation: nothing more is written to it, and the first
/// commit of the next generation makes durable how many commits of it were proven.
///
/// Lifetime: as its storage thread's log.
/// Threads:  its storage thread.
class Journal {
 public:
  struct Options {
    std::string base;  ///< JournalBase.
    /// How large each file may become; four times that while the other is still needed. What waits
    /// is then more for each tenant, and moving it costs a tenant the same, so a mover that is
    /// behind catches up.
    std::uint64_t bytes = 0;
    /// Whether a file may grow past its size: not into what is kept for the agent's own state. Its
    /// storage thread.
    std::function<bool()> may_overgrow = [] { return true; };
  };
  Journal(async::FileSystem& files, Options options);

  /// Reads what is there and calls `each` for every block of every proven commit, in order, that is
  /// not known to be released. Goes on behind it. Returns how many frames are damaged.
  using OnBlock = std::function<void(const FramedBlock&, const BlockPlace&)>;
  Result<std::size_t> Open(const OnBlock& each);

  /// Sees to it that a commit of so many bytes fits the present generation; begins the next one
  /// where that takes it. kUnavailable while the other file is still needed, kStorageFull.
  Status MakeRoom(std::size_t bytes);

  /// The generation that the next commit goes to.
  std::uint64_t generation() const { return generation_; }
  /// What lies in it already.
  std::uint64_t used() const { return end_ - JournalFile::kBegin; }
  std::uint64_t capacity() const { return options_.bytes; }
  /// The generation before, where it is not released yet.
  std::optional<std::uint64_t> full() const { return full_; }

  /// Makes the blocks durable in one commit, for which MakeRoom made room. After an error it is not
  /// known whether they are there, until the next commit says that they are not.
  Result<std::vector<BlockPlace>> Commit(std::span<const FramedBlock> blocks);

  /// Ends the present generation although it has room; nothing where it is empty or the other file
  /// is still needed.
  void EndGeneration();

  /// The tenants' files have all of a generation.
  void Release(std::uint64_t generation);

 private:
  JournalFile& FileOf(std::uint64_t generation) { return *files_[generation % 2]; }
  Status Deliver(const JournalFile::Contents& contents, std::uint64_t proven, const OnBlock& each,
                 std::size_t& damaged);
  Status BeginNext();

  async::FileSystem& file_system_;
  const Options options_;
  const std::uint64_t growth_;
  std::array<std::optional<JournalFile>, 2> files_;
  std::uint64_t generation_ = 1;
  std::uint64_t next_number_ = 0;
  std::uint64_t proven_before_ = 0;
  std::uint64_t end_ = JournalFile::kBegin;
  bool broken_ = false;  // A write or sync of this generation failed.
  std::array<bool, 2> reopen_{};
  std::optional<std::uint64_t> full_;
  std::string frame_;
};

}  // namespace notify::agent::eventlog
