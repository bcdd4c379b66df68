#include "agent/eventlog/journal/journal.hpp"

#include <algorithm>
#include <utility>

#include "agent/eventlog/blocks/block.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::eventlog {
namespace {

// How much a file grows at once, in the first round through it.
constexpr std::uint64_t kGrowth = 4 << 20;
// How many times its size a file may become while the other is still needed.
constexpr std::uint64_t kOvergrowth = 4;
// A larger frame buffer than this is not kept between commits.
constexpr std::size_t kKeptFrame = 1 << 20;

/// Whether a frame's block can be trusted although its frame is damaged.
bool IsWhole(const FramedBlock& block) { return DecodeBlock(block.block).has_value(); }

BlockPlace PlaceOf(const FramedBlock& block, std::uint64_t generation, std::uint64_t offset) {
  return {generation, offset, static_cast<std::uint32_t>(block.block.size()),
          static_cast<std::uint32_t>(block.keys.size()),
          static_cast<std::uint32_t>(block.summary.size())};
}

}  // namespace

std::string JournalBase(const std::string& folder, std::size_t thread, std::size_t threads) {
  return folder + "/" + std::to_string(thread + 1) + "-of-" + std::to_string(threads);
}

std::string JournalPath(const std::string& base, std::uint64_t generation) {
  return base + (generation % 2 == 0 ? ".0" : ".1");
}

Journal::Journal(async::FileSystem& files, Options options)
    : file_system_(files),
      options_(std::move(options)),
      growth_(std::min(kGrowth, options_.bytes)) {}

Result<std::size_t> Journal::Open(const OnBlock& each) {
  std::array<JournalFile::Contents, 2> contents;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    auto file = JournalFile::Open(file_system_, JournalPath(options_.base, i));
    if (!file) return file.error();
    files_[i].emplace(std::move(*file));
    auto found = files_[i]->Find();
    if (!found) return found.error();
    contents[i] = std::move(*found);
  }
  const std::string folder = options_.base.substr(0, options_.base.rfind('/'));
  if (auto named = file_system_.SyncFolder(folder); !named) return named.error();
  const auto generation_of = [&](std::size_t i) {
    return contents[i].frames.empty() ? 0 : contents[i].frames.front().header.generation;
  };
  const std::size_t newest = generation_of(1) > generation_of(0) ? 1 : 0;
  const std::size_t older = 1 - newest;
  if (generation_of(newest) == 0) return 0;

  std::size_t damaged = 0;
  const FrameHeader& first = contents[newest].frames.front().header;
  // Generations are moved in their order, so what is older was moved as well, whatever became of
  // the hint that says so.
  if (!contents[older].released && !contents[newest].released) {
    const bool follows = generation_of(older) + 1 == first.generation;
    const std::uint64_t proven = follows ? first.proven_before : UINT64_MAX;
    if (auto told = Deliver(contents[older], proven, each, damaged); !told) return told.error();
    full_ = generation_of(older);
  }
  generation_ = first.generation;
  proven_before_ = first.proven_before;
  next_number_ = 0;
  end_ = JournalFile::kBegin;
  if (auto told = Deliver(contents[newest], UINT64_MAX, each, damaged); !told) return told.error();
  if (contents[newest].released) {
    // Nobody looks into it again: what is added to it now would be lost at the next start.
    if (auto begun = BeginNext(); !begun) return begun.error();
    full_.reset();
  }
  return damaged;
}

Status Journal::Deliver(const JournalFile::Contents& contents, std::uint64_t proven,
                        const OnBlock& each, std::size_t& damaged) {
  JournalFile& file = FileOf(contents.frames.front().header.generation);
  damaged += contents.damaged ? 1 : 0;
  for (const JournalFile::PlacedFrame& frame : contents.frames) {
    if (frame.header.number >= proven) break;
    const bool is_last = &frame == &contents.frames.back();
    const auto body = file.ReadBody(frame);
    if (!body) return body.error();
    const FrameBody read = ReadFrameBody(frame.header, *body);
    // The last frame may have been cut off, and then nobody was told of it. One in the middle was
    // whole once: a later one follows a commit only after its sync.
    if (!read.whole && is_last) break;
    damaged += read.whole ? 0 : 1;
    next_number_ = frame.header.number + 1;
    end_ = frame.offset + kFrameHeaderBytes + frame.header.body_bytes;
    end_ = (end_ + kFrameAlignment - 1) / kFrameAlignment * kFrameAlignment;
    if (contents.released) continue;
    for (const FramedBlock& block : read.blocks) {
      if (!read.whole && !IsWhole(block)) continue;
      const auto within = static_cast<std::uint64_t>(block.block.data() - body->data());
      each(block,
           PlaceOf(block, frame.header.generation, frame.offset + kFrameHeaderBytes + within));
    }
  }
  return {};
}

Status Journal::MakeRoom(std::size_t bytes) {
  const auto ends_at = [&] { return end_ + kFrameHeaderBytes + kFrameAlignment + bytes; };
  // One commit always fits an empty file, however large it is.
  const bool is_empty = end_ == JournalFile::kBegin;
  const bool fits = ends_at() <= options_.bytes;
  const bool overgrows =
      full_ && !fits && ends_at() <= options_.bytes * kOvergrowth && options_.may_overgrow();
  if (!broken_ && (is_empty || fits || overgrows)) {
    Status grown = FileOf(generation_).Grow(ends_at(), growth_);
    if (grown || is_empty || (full_ && fits)) return grown;
  }
  if (full_) {
    return Fail(Errc::kUnavailable,
                "The journal is full: what it holds could not be moved to the tenants' files yet.",
                "The agent's log says why.");
  }
  if (auto begun = BeginNext(); !begun) return begun;
  return FileOf(generation_).Grow(ends_at(), growth_);
}

Status Journal::BeginNext() {
  const std::uint64_t next = generation_ + 1;
  if (std::exchange(reopen_[next % 2], false)) {
    if (auto reopened = FileOf(next).Reopen(); !reopened) {
      reopen_[next % 2] = true;
      return reopened;
    }
  }
  full_ = generation_;
  generation_ = next;
  proven_before_ = next_number_;
  next_number_ = 0;
  end_ = JournalFile::kBegin;
  broken_ = false;
  return {};
}

Result<std::vector<BlockPlace>> Journal::Commit(std::span<const FramedBlock> blocks) {
  FrameHeader header;
  header.generation = generation_;
  header.number = next_number_;
  header.proven_before = proven_before_;
  frame_.clear();
  std::vector<std::size_t> offsets;
  offsets.reserve(blocks.size());
  AppendFrame(frame_, header, blocks, offsets);

  JournalFile& file = FileOf(generation_);
  Status done = file.Write(end_, frame_);
  if (done && !NOTIFY_FAILPOINT(kSkipSync)) done = file.Sync();
  if (!done) {
    broken_ = true;
    reopen_[generation_ % 2] = true;
    return done.error();
  }
  std::vector<BlockPlace> places;
  places.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    places.push_back(PlaceOf(blocks[i], generation_, end_ + offsets[i]));
  }
  end_ += frame_.size();
  ++next_number_;
  if (frame_.capacity() > kKeptFrame) std::string().swap(frame_);
  return places;
}

void Journal::EndGeneration() {
  if (full_ || (end_ == JournalFile::kBegin && !broken_)) return;
  static_cast<void>(BeginNext());  // What fails here fails again, and is told, in MakeRoom.
}

void Journal::Release(std::uint64_t generation) {
  if (full_ != generation) return;
  FileOf(generation).MarkReleased(generation);
  full_.reset();
}

}  // namespace notify::agent::eventlog
