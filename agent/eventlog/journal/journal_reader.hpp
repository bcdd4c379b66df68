#pragma once

#include <map>
#include <memory>
#include <string>

#include "agent/eventlog/journal/journaled_blocks.hpp"

namespace notify::agent::eventlog {

/// The pieces of a block in the journal.
struct JournalBytes {
  std::string bytes;
  std::uint32_t block_bytes = 0;
  std::uint32_t keys_bytes = 0;

  std::string_view block() const { return std::string_view(bytes).substr(0, block_bytes); }
  std::string_view keys() const { return std::string_view(bytes).substr(block_bytes, keys_bytes); }
  std::string_view summary() const {
    return std::string_view(bytes).substr(std::size_t{block_bytes} + keys_bytes);
  }
};

/// Reads blocks out of journals whose storage threads go on writing. The file of a place may have
/// been used again: then the bytes are another's, which a block's own seal tells.
///
/// Lifetime: as its thread's part of the log.
/// Threads:  one; each thread that reads has its own.
class JournalReader {
 public:
  /// `files` outlives it.
  explicit JournalReader(async::FileSystem& files) : files_(files) {}

  Result<JournalBytes> Read(const std::string& base, const BlockPlace& place);
  void CloseAll() { open_.clear(); }

 private:
  async::FileSystem& files_;
  std::map<std::string, std::unique_ptr<async::File>> open_;  // By path.
};

}  // namespace notify::agent::eventlog
