#include "agent/backup/unpacker.hpp"

#include <utility>

namespace notify::agent::backup {
namespace {

constexpr std::uint64_t kMostManifest = 4 << 20;
// What is written in the background leaves no more than this unsynced behind: a neighbour's commit
// would wait for all of it.
constexpr std::uint64_t kMostDirty = 1 << 20;

}  // namespace

Unpacker::Unpacker(async::FileSystem& files, std::string folder, Choice choice)
    : files_(files), folder_(std::move(folder)), choice_(std::move(choice)) {}

Status Unpacker::Begin(const archive::Member& member) {
  file_.reset();
  written_ = dirty_ = 0;
  is_manifest_ = member.name == kManifestName;
  if (is_manifest_ == manifest_.has_value() || (is_manifest_ && member.size > kMostManifest)) {
    return Fail(Errc::kInvalidArgument, "This is not a backup: it does not begin with a manifest.",
                "Make one with: notifyctl agent backup FILE");
  }
  if (is_manifest_) return {};
  if (member.name == kPlatformName) {
    has_platform_ = true;
    return OpenFile(member.name);
  }
  auto tenant = TenantOfMember(member.name);
  if (!tenant) return tenant.error();
  if (choice_.wants && !choice_.wants(*tenant)) return {};
  tenants_.insert(std::move(*tenant));
  return OpenFile(member.name);
}

Status Unpacker::OpenFile(const std::string& name) {
  const std::string path = folder_ + "/" + name;
  // The folders from the file's own up: each has a name to be made durable.
  for (std::string at = path.substr(0, path.rfind('/')); at.size() >= folder_.size();
       at.resize(at.rfind('/'))) {
    folders_.insert(at);
  }
  if (auto made = files_.MakeFolder(path.substr(0, path.rfind('/'))); !made) return made;
  auto file = files_.Open(path, async::FileSystem::Mode::kCreate);
  if (!file) return file.error();
  file_ = std::move(*file);
  return {};
}

Status Unpacker::Data(std::string_view bytes) {
  if (is_manifest_) manifest_text_ += bytes;
  if (!file_) return {};
  if (auto written = file_->WriteAt(written_, bytes); !written) return written;
  written_ += bytes.size();
  dirty_ += bytes.size();
  return SyncIfDirty(kMostDirty);
}

Status Unpacker::SyncIfDirty(std::uint64_t most) {
  if (dirty_ < most) return {};
  dirty_ = 0;
  return file_->Sync();
}

Status Unpacker::End() {
  if (is_manifest_) {
    auto manifest = ParseManifest(manifest_text_);
    if (!manifest) return manifest.error();
    manifest_ = std::move(*manifest);
    return choice_.accepts ? choice_.accepts(*manifest_) : Status();
  }
  if (!file_) return {};
  auto synced = SyncIfDirty(1);
  file_.reset();
  return synced;
}

Status Unpacker::Finish() {
  for (const std::string& folder : folders_) {
    if (auto synced = files_.SyncFolder(folder); !synced) return synced;
  }
  if (manifest_ && has_platform_) return {};
  return Fail(Errc::kInvalidArgument, "The backup has no platform.db.",
              "Take another backup; this one is not whole.");
}

}  // namespace notify::agent::backup
