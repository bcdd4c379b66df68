#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/file.hpp"
#include "common/ids.hpp"

namespace notify::agent::eventlog {

/// A duplicate key and the first event that had it.
struct KeyEntry {
  std::uint64_t key = 0;
  std::uint64_t sequence = 0;
  auto operator<=>(const KeyEntry&) const = default;
};

/// A sorted run of duplicate keys within a segment, as the index names it.
struct KeyRunInfo {
  std::int64_t id = 0;
  std::int64_t level = 0;  ///< Runs of one level are merged to one of the next.
  Sequence first;          ///< The keys are of events from here
  Sequence last;           ///< to here.
  std::int64_t newest_ms = 0;
  std::uint64_t keys = 0;
  std::int64_t segment = 0;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// The run's bytes: entries sorted by key, each key once, then its filter and a CRC-32C
/// (docs/event_log_format.md, "A run of keys"). `entries` is sorted.
std::string EncodeKeyRun(const std::vector<KeyEntry>& entries);

/// The entries of a whole run; nothing where it is damaged.
std::optional<std::vector<KeyEntry>> DecodeKeyRun(std::string_view bytes);

/// How large the filter of a run with so many keys is, in bytes.
std::uint64_t KeyFilterBytes(std::uint64_t keys);

/// Whether a filter may hold the key: 0.1 % of wrong answers, one line of cache.
bool FilterMayHold(std::string_view filter, std::uint64_t key);

/// Looks up keys in one run: by its filter where that is in memory, then on disk in one or two
/// reads, because hashes are spread evenly. It keeps no file open: there may be very many runs.
///
/// Threads:  one.
class KeyRun {
 public:
  /// The segment that the run lies in, opened where it is not; kNotFound where it is there no more.
  using OpenFile = std::function<Result<std::shared_ptr<async::File>>()>;
  KeyRun(KeyRunInfo info, OpenFile open) : info_(info), open_(std::move(open)) {}

  const KeyRunInfo& info() const { return info_; }
  std::size_t filter_bytes() const { return filter_.size(); }

  /// Brings the filter into memory.
  Status LoadFilter();
  void DropFilter() { std::string().swap(filter_); }

  Result<std::optional<Sequence>> Find(std::uint64_t key);

 private:
  KeyRunInfo info_;
  OpenFile open_;
  std::string filter_;
};

}  // namespace notify::agent::eventlog
