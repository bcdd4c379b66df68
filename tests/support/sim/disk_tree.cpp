#include "tests/support/sim/disk_tree.hpp"

#include <algorithm>
#include <functional>

namespace notify::testing_support::sim {
namespace {

constexpr std::uint64_t kSector = 512;

void Apply(SparseImage& image, const FileChange& change) {
  if (change.kind == FileChange::Kind::kWrite) {
    image.Write(change.at, change.bytes);
  } else {
    image.Resize(change.at);
  }
}

/// Each sector of a write is kept, lost, or torn in its middle.
void KeepSectors(SparseImage& image, const FileChange& change, std::uint64_t keep_in_8,
                 Dice& dice) {
  std::string_view bytes = change.bytes;
  std::uint64_t at = change.at;
  while (!bytes.empty()) {
    const std::size_t piece = std::min<std::uint64_t>(bytes.size(), kSector - at % kSector);
    if (dice.Below(8) < keep_in_8) {
      const bool torn = dice.OneIn(16);
      image.Write(at, bytes.substr(0, torn ? dice.Below(piece + 1) : piece));
    }
    bytes.remove_prefix(piece);
    at += piece;
  }
}

bool SameName(const NameStep& a, const NameStep& b) {
  return a.folder == b.folder && a.name == b.name;
}

/// Whether `later` cannot be on disk without `earlier`: same name, same node, or inside of it.
bool RestsOn(const NameChange& later, const NameChange& earlier) {
  for (const NameStep& a : later) {
    for (const NameStep& b : earlier) {
      if (SameName(a, b) || (b.node && (a.node == b.node || a.folder == b.node))) return true;
    }
  }
  return false;
}

void CloseOverNeeds(const std::vector<NameChange>& changes, std::vector<bool>& kept) {
  for (std::size_t later = changes.size(); later-- > 0;) {
    if (!kept[later]) continue;
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (!kept[earlier] && RestsOn(changes[later], changes[earlier])) kept[earlier] = true;
    }
  }
}

}  // namespace

void DiskNode::Write(std::uint64_t offset, std::string_view bytes) {
  unsynced.push_back({FileChange::Kind::kWrite, offset, std::string(bytes)});
  Apply(image, unsynced.back());
}

void DiskNode::Resize(std::uint64_t size) {
  unsynced.push_back({FileChange::Kind::kResize, size, {}});
  Apply(image, unsynced.back());
}

void DiskNode::Sync() {
  for (const FileChange& change : unsynced) Apply(durable_image, change);
  unsynced.clear();
}

void DiskNode::LoseSome(Dice& dice) {
  const std::uint64_t mode = dice.Below(4);
  if (mode == 0) return Sync();
  if (mode == 1) return unsynced.clear();
  const std::uint64_t keep_in_8 = 1 + dice.Below(7);
  const std::size_t sized_by = dice.Below(unsynced.size() + 1);
  std::uint64_t size = durable_image.size();
  for (std::size_t i = 0; i < unsynced.size(); ++i) {
    const FileChange& change = unsynced[i];
    const bool sets_size = i < sized_by;
    if (change.kind == FileChange::Kind::kWrite) {
      KeepSectors(durable_image, change, keep_in_8, dice);
      if (sets_size) size = std::max(size, change.at + change.bytes.size());
    } else if (sets_size) {
      durable_image.Resize(change.at);
      size = change.at;
    }
  }
  durable_image.Resize(size);
  unsynced.clear();
}

std::vector<std::string> SplitPath(std::string_view path) {
  std::vector<std::string> names;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    if (name == ".." && !names.empty()) names.pop_back();
    if (!name.empty() && name != "." && name != "..") names.emplace_back(name);
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  return names;
}

DiskTree::DiskTree() : root_(std::make_shared<DiskNode>()) { root_->folder = true; }

DiskNode::Ptr DiskTree::Find(std::string_view path) const {
  DiskNode::Ptr node = root_;
  for (const std::string& name : SplitPath(path)) {
    const auto found = node->names.find(name);
    if (found == node->names.end()) return nullptr;
    node = found->second;
  }
  return node;
}

std::pair<DiskNode::Ptr, std::string> DiskTree::Locate(std::string_view path) const {
  auto names = SplitPath(path);
  if (names.empty()) return {nullptr, ""};
  DiskNode::Ptr folder = root_;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const auto found = folder->names.find(names[i]);
    if (found == folder->names.end() || !found->second->folder) return {nullptr, ""};
    folder = found->second;
  }
  return {folder, names.back()};
}

void DiskTree::Change(NameChange change) {
  for (const NameStep& step : change) {
    if (step.node) {
      step.folder->names[step.name] = step.node;
    } else {
      step.folder->names.erase(step.name);
    }
  }
  unsynced_.push_back(std::move(change));
}

void DiskTree::SyncNames(const DiskNode::Ptr& folder) {
  std::vector<bool> kept(unsynced_.size());
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    kept[i] = std::any_of(unsynced_[i].begin(), unsynced_[i].end(),
                          [&](const NameStep& step) { return step.folder == folder; });
  }
  // Syncing a folder says nothing of the names above it: only what concerns the same names counts.
  for (std::size_t later = unsynced_.size(); later-- > 0;) {
    for (std::size_t earlier = 0; kept[later] && earlier < later; ++earlier) {
      for (const NameStep& a : unsynced_[later]) {
        for (const NameStep& b : unsynced_[earlier]) {
          if (SameName(a, b)) kept[earlier] = true;
        }
      }
    }
  }
  Keep(kept);
}

void DiskTree::Keep(const std::vector<bool>& kept) {
  std::vector<NameChange> rest;
  for (std::size_t i = 0; i < unsynced_.size(); ++i) {
    if (!kept[i]) {
      rest.push_back(std::move(unsynced_[i]));
      continue;
    }
    for (const NameStep& step : unsynced_[i]) {
      if (step.node) {
        step.folder->durable_names[step.name] = step.node;
      } else {
        step.folder->durable_names.erase(step.name);
      }
    }
  }
  unsynced_ = std::move(rest);
}

void DiskTree::SyncAll() {
  Keep(std::vector<bool>(unsynced_.size(), true));
  const std::function<void(DiskNode&)> sync = [&](DiskNode& node) {
    node.Sync();
    for (auto& [name, child] : node.names) sync(*child);
  };
  sync(*root_);
}

std::uint64_t DiskTree::UsedBytes() const {
  const std::function<std::uint64_t(const DiskNode&)> sum = [&](const DiskNode& node) {
    std::uint64_t bytes = node.image.size();
    for (const auto& [name, child] : node.names) bytes += sum(*child);
    return bytes;
  };
  return sum(*root_);
}

void DiskTree::PowerCut(Dice& dice) {
  std::vector<bool> kept(unsynced_.size());
  // Half of the cuts are those of a journaling file system, which keeps names in order; the others
  // keep any set that hangs together.
  const bool in_order = dice.OneIn(2);
  const std::size_t prefix = dice.Below(unsynced_.size() + 1);
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = in_order ? i < prefix : dice.OneIn(2);
  CloseOverNeeds(unsynced_, kept);
  Keep(kept);
  unsynced_.clear();
  const std::function<void(DiskNode&)> restore = [&](DiskNode& node) {
    node.names = node.durable_names;
    if (!node.folder) node.LoseSome(dice);
    node.image = node.durable_image;
    for (auto& [name, child] : node.names) restore(*child);
  };
  restore(*root_);
}

}  // namespace notify::testing_support::sim
