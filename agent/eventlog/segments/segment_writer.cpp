#include "agent/eventlog/segments/segment_writer.hpp"

#include <utility>

#include "agent/eventlog/blocks/little_endian.hpp"

namespace notify::agent::eventlog {
namespace {

constexpr std::string_view kFileMagic = "NSEG";
constexpr std::uint16_t kFormat = 1;
constexpr std::uint16_t kOldestReader = 1;
constexpr std::string_view kBlockMagic = "BLOK";
constexpr std::string_view kKeysMagic = "KEYS";
// What an entry buffer may keep between entries.
constexpr std::size_t kKeptEntry = 1 << 20;

}  // namespace

SegmentWriter::SegmentWriter(async::FileSystem& files, const TenantHandle& tenant, SegmentEnd end,
                             bool fresh)
    : files_(files), tenant_(tenant), end_(end) {
  if (end_.segment == 0 || fresh) end_ = {end_.segment + 1, 0};
}

Status SegmentWriter::OpenFile() {
  const std::string path = SegmentPath(tenant_, end_.segment);
  is_new_ = end_.end == 0;
  auto opened = files_.Open(path, async::FileSystem::Mode::kCreate);
  if (!opened) return opened.error();
  file_ = std::move(*opened);
  if (!is_new_) return {};
  std::string head(kFileMagic);
  Put(head, kFormat);
  Put(head, kOldestReader);
  Put(head, std::uint64_t{0});
  if (auto written = file_->WriteAt(0, head); !written) return written;
  end_.end = dirty_ = head.size();
  return {};
}

Result<SegmentEnd> SegmentWriter::Append(Kind kind, std::string_view bytes) {
  if (file_ && end_.end >= kSegmentBytes) {
    if (auto synced = Sync(); !synced) return synced.error();
    file_.reset();
    end_ = {end_.segment + 1, 0};
  }
  if (!file_) {
    if (auto opened = OpenFile(); !opened) return opened.error();
  }
  entry_.assign(kind == Kind::kBlock ? kBlockMagic : kKeysMagic);
  Put(entry_, std::uint32_t{0});
  Put(entry_, std::uint64_t{bytes.size()});
  entry_ += bytes;
  if (auto written = file_->WriteAt(end_.end, entry_); !written) return written.error();
  const SegmentEnd place{end_.segment, end_.end + kEntryBytes};
  end_.end += entry_.size();
  dirty_ += entry_.size();
  if (entry_.capacity() > kKeptEntry) std::string().swap(entry_);
  return place;
}

Status SegmentWriter::Sync() {
  if (!file_ || dirty_ == 0) return {};
  if (auto synced = file_->Sync(); !synced) return synced;
  if (is_new_) {
    if (auto named = files_.SyncFolder(tenant_.record().folder + "/log"); !named) return named;
    is_new_ = false;
  }
  dirty_ = 0;
  return {};
}

}  // namespace notify::agent::eventlog
