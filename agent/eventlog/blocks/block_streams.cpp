#include "agent/eventlog/blocks/block_streams.hpp"

#include <unordered_map>
#include <utility>

#include "agent/eventlog/blocks/siphash.hpp"

namespace notify::agent::eventlog {

const StreamKey& StreamHasher::KeyOf(std::string_view stream) {
  if (!last_.empty() && std::string_view(last_).substr(1) == stream) return last_key_;
  last_ = 's';
  last_ += stream;
  last_key_.high = SipHash(key_, last_);
  last_.front() = 'S';
  last_key_.low = SipHash(key_, last_);
  return last_key_;
}

bool GiveVersions(EventBatch& events, std::span<const std::uint64_t> first_versions) {
  constexpr std::size_t kVersionBytes = 12;  // Tag, length and digits of most versions.
  // By name, the version of its next event. The names lie in the records as they were.
  std::unordered_map<std::string_view, std::uint64_t> next;
  EventBatch versioned;
  versioned.records.reserve(events.records.size() + events.size() * kVersionBytes);
  versioned.offsets.reserve(events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::string_view record = events.Record(i);
    record = record.substr(0, RecordBytes(record));
    versioned.offsets.push_back(static_cast<std::uint32_t>(versioned.records.size()));
    const auto identity = ReadRecordIdentity(record);
    if (!identity || identity->stream.empty()) {
      versioned.records += record;
      continue;
    }
    auto stream = next.find(identity->stream);
    if (stream == next.end()) {
      if (next.size() == first_versions.size()) return false;
      stream = next.emplace(identity->stream, first_versions[next.size()]).first;
    }
    const std::uint64_t version = stream->second++;
    if (identity->streamversion.empty()) {
      AppendWithStreamVersion(versioned.records, record, version);
    } else {
      versioned.records += record;  // The caller's, which was found to be this one.
    }
  }
  if (next.size() != first_versions.size()) return false;
  events = std::move(versioned);
  return true;
}

}  // namespace notify::agent::eventlog
