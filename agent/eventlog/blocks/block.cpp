#include "agent/eventlog/blocks/block.hpp"

#include "agent/eventlog/blocks/crc32c.hpp"
#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::string_view kMagic = "NBLK";
// Of a block without streams, and of one with the versions of streams.
constexpr std::uint16_t kPlainFormat = 1;
constexpr std::uint16_t kStreamFormat = 2;
constexpr std::size_t kFixed = 4 + 2 + 2 + 8 + 8 + 4 + 4 + 8 + 4 + 4 + 4;
constexpr std::size_t kSealBytes = 12 + 16;
constexpr std::uint32_t kCompressed = 1;
constexpr std::uint32_t kHasSkipped = 2;
constexpr std::uint32_t kMerged = 4;
constexpr std::uint32_t kHasVersions = 8;
constexpr std::size_t kLaterBytes = sizeof(std::uint32_t) + sizeof(std::int64_t);
constexpr std::uint32_t kMaxEvents = 1'000'000;

Error Damaged(const char* what) {
  return Fail(Errc::kInternal, std::string("A block of the event log is damaged: ") + what + ".");
}

/// The commits of a merged block; false where they are not in order.
bool TakeLater(std::string_view& rest, BlockHeader& header) {
  if (rest.size() < sizeof(std::uint32_t)) return false;
  const auto count = Take<std::uint32_t>(rest);
  if (count == 0 || count >= header.accepted || rest.size() < count * kLaterBytes + kSealBytes) {
    return false;
  }
  CommittedBatch::LaterCommit before{0, header.recorded_ms};
  for (std::uint32_t i = 0; i < count; ++i) {
    CommittedBatch::LaterCommit commit;
    commit.index = Take<std::uint32_t>(rest);
    commit.recorded_ms = Take<std::int64_t>(rest);
    if (commit.index <= before.index || commit.index >= header.accepted ||
        commit.recorded_ms < before.recorded_ms) {
      return false;
    }
    header.later.push_back(before = commit);
  }
  return true;
}

/// The first versions of the block's streams; false where they cannot be ones.
bool TakeVersions(std::string_view& rest, BlockHeader& header) {
  if (rest.size() < sizeof(std::uint32_t)) return false;
  const auto count = Take<std::uint32_t>(rest);
  if (count == 0 || count > header.accepted ||
      rest.size() < count * sizeof(std::uint64_t) + kSealBytes) {
    return false;
  }
  header.first_versions.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    header.first_versions.push_back(Take<std::uint64_t>(rest));
    if (header.first_versions.back() == 0) return false;
  }
  return true;
}

}  // namespace

std::string EncodeHeader(const BlockHeader& header) {
  std::string out;
  out.reserve(kFixed + header.skipped.size() / 8 + 1);
  out += kMagic;
  const bool versioned = !header.first_versions.empty();
  const std::uint16_t format = versioned ? kStreamFormat : kPlainFormat;
  Put(out, format);
  Put(out, format);  // The oldest reader: a block without streams is for all of them.
  Put(out, header.epoch.value);
  Put(out, header.first.value);
  Put(out, header.total);
  Put(out, header.accepted);
  Put(out, header.recorded_ms);
  Put(out, header.key_id);
  Put(out, header.records_bytes);
  const bool skips = header.accepted != header.total;
  const bool merged = !header.later.empty();
  Put(out, (header.compressed ? kCompressed : 0) | (skips ? kHasSkipped : 0) |
               (merged ? kMerged : 0) | (versioned ? kHasVersions : 0));
  if (merged) {
    Put(out, static_cast<std::uint32_t>(header.later.size()));
    for (const CommittedBatch::LaterCommit& commit : header.later) {
      Put(out, commit.index);
      Put(out, commit.recorded_ms);
    }
  }
  if (skips) {
    std::string bits((header.total + 7) / 8, '\0');
    for (std::uint32_t i = 0; i < header.total; ++i) {
      if (header.skipped[i]) bits[i / 8] = static_cast<char>(bits[i / 8] | (1 << (i % 8)));
    }
    out += bits;
  }
  if (versioned) {
    Put(out, static_cast<std::uint32_t>(header.first_versions.size()));
    for (const std::uint64_t version : header.first_versions) Put(out, version);
  }
  return out;
}

std::string EncodeBlock(std::string_view header_bytes, std::string_view header_seal,
                        std::string_view payload) {
  std::string out;
  out.reserve(header_bytes.size() + header_seal.size() + payload.size() + sizeof(std::uint32_t));
  out += header_bytes;
  out += header_seal;
  out += payload;
  Put(out, Crc32c(out));
  return out;
}

Result<StoredBlock> DecodeBlock(std::string_view bytes) {
  if (bytes.size() < kFixed + kSealBytes + sizeof(std::uint32_t)) return Damaged("it is too short");
  const std::string_view body = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  std::string_view crc_bytes = bytes.substr(body.size());
  if (body.substr(0, 4) != kMagic) return Damaged("it does not begin like one");
  if (Take<std::uint32_t>(crc_bytes) != Crc32c(body)) return Damaged("its checksum is wrong");
  StoredBlock block;
  std::string_view rest = body.substr(4);
  Take<std::uint16_t>(rest);
  if (Take<std::uint16_t>(rest) > kStreamFormat) {
    return Fail(Errc::kUnavailable, "A block of the event log was written by a newer agent.");
  }
  BlockHeader& header = block.header;
  header.epoch.value = Take<std::uint64_t>(rest);
  header.first.value = Take<std::uint64_t>(rest);
  header.total = Take<std::uint32_t>(rest);
  header.accepted = Take<std::uint32_t>(rest);
  header.recorded_ms = Take<std::int64_t>(rest);
  header.key_id = Take<std::uint32_t>(rest);
  header.records_bytes = Take<std::uint32_t>(rest);
  const auto flags = Take<std::uint32_t>(rest);
  header.compressed = (flags & kCompressed) != 0;
  if (header.total > kMaxEvents || header.accepted > header.total)
    return Damaged("its counts are wrong");
  if ((flags & kMerged) != 0 && !TakeLater(rest, header)) {
    return Damaged("its commits are not in order");
  }
  if ((flags & kHasSkipped) != 0) {
    const std::size_t length = (header.total + 7) / 8;
    if (rest.size() < length + kSealBytes) return Damaged("it is too short");
    header.skipped.resize(header.total);
    for (std::uint32_t i = 0; i < header.total; ++i) {
      header.skipped[i] = (static_cast<unsigned char>(rest[i / 8]) >> (i % 8) & 1) != 0;
    }
    rest.remove_prefix(length);
  }
  if ((flags & kHasVersions) != 0 && !TakeVersions(rest, header)) {
    return Damaged("the versions of its streams are wrong");
  }
  block.header_bytes = body.substr(0, body.size() - rest.size());
  block.header_seal = rest.substr(0, kSealBytes);
  block.payload = rest.substr(kSealBytes);
  return block;
}

}  // namespace notify::agent::eventlog
