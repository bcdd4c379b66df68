#include "tests/support/sim/disk_mount.hpp"

#include <cstring>

#include "tests/support/sim/disk_file.hpp"

namespace notify::testing_support::sim {
namespace {

// What a disk without a capacity says that it has.
constexpr std::uint64_t kUnbounded = 1ULL << 40;
constexpr const char* kNotThere = "No such file or directory";

const char* Doing(DiskCall call) {
  switch (call) {
    case DiskCall::kOpen:
    case DiskCall::kCreate:
      return "open";
    case DiskCall::kRead:
      return "read";
    case DiskCall::kWrite:
      return "write";
    case DiskCall::kResize:
      return "truncate";
    case DiskCall::kSync:
    case DiskCall::kSyncFolder:
      return "sync";
    case DiskCall::kMakeFolder:
      return "make the folder";
    case DiskCall::kRename:
      return "rename";
    case DiskCall::kRemove:
      return "remove";
  }
  return "use";
}

}  // namespace

DiskMount::DiskMount(std::shared_ptr<DiskState> state, std::string vfs_name, const Clock& clock)
    : state_(std::move(state)),
      alive_(std::make_shared<bool>(true)),
      vfs_(std::move(vfs_name), *this, clock, state_->vfs_random) {}

DiskMount::~DiskMount() { Kill(); }

Status DiskMount::Begin(DiskCall call, const std::string& path) {
  if (!*alive_) return Outcome({DiskFaults::Outcome::kPowerOff}, Doing(call), path);
  return Outcome(state_->faults.Judge(call, path), Doing(call), path);
}

Result<std::unique_ptr<async::File>> DiskMount::Open(const std::string& path, Mode mode) {
  DiskNode::Ptr node = state_->tree.Find(path);
  const bool creates = !node && mode == Mode::kCreate;
  if (auto fine = Begin(creates ? DiskCall::kCreate : DiskCall::kOpen, path); !fine) {
    return fine.error();
  }
  if (creates) {
    auto [folder, name] = state_->tree.Locate(path);
    if (!folder) return DiskError(Errc::kNotFound, "open", path, kNotThere);
    node = std::make_shared<DiskNode>();
    state_->tree.Change({{folder, name, node}});
  }
  if (!node) return DiskError(Errc::kNotFound, "open", path, kNotThere);
  if (node->folder) return DiskError(Errc::kInternal, "open", path, "Is a directory");
  return std::unique_ptr<async::File>(
      std::make_unique<DiskFile>(DiskFile::Place{state_, alive_, node, path, mode != Mode::kRead}));
}

bool DiskMount::Exists(const std::string& path) {
  return *alive_ && !state_->faults.power_off() && state_->tree.Find(path) != nullptr;
}

Status DiskMount::MakeFolder(const std::string& path) {
  if (auto fine = Begin(DiskCall::kMakeFolder, path); !fine) return fine;
  std::string above;
  for (const std::string& name : SplitPath(path)) {
    const DiskNode::Ptr folder = state_->tree.Find(above);
    above += "/" + name;
    const DiskNode::Ptr there = state_->tree.Find(above);
    if (there && !there->folder) {
      return DiskError(Errc::kInternal, "make the folder", path, "Not a directory");
    }
    if (there) continue;
    auto made = std::make_shared<DiskNode>();
    made->folder = true;
    state_->tree.Change({{folder, name, made}});
  }
  return {};
}

Status DiskMount::Rename(const std::string& from, const std::string& to) {
  if (auto fine = Begin(DiskCall::kRename, from); !fine) return fine;
  const DiskNode::Ptr node = state_->tree.Find(from);
  const auto [old_folder, old_name] = state_->tree.Locate(from);
  const auto [new_folder, new_name] = state_->tree.Locate(to);
  if (!node || !old_folder || !new_folder) {
    return DiskError(Errc::kNotFound, "rename", from, kNotThere);
  }
  const DiskNode::Ptr there = state_->tree.Find(to);
  if (there == node) return {};
  if (there && there->folder != node->folder) {
    return DiskError(Errc::kInternal, "rename", from,
                     there->folder ? "Is a directory" : "Not a directory");
  }
  if (there && !there->names.empty()) {
    return DiskError(Errc::kInternal, "rename", from, "Directory not empty");
  }
  state_->tree.Change({{old_folder, old_name, nullptr}, {new_folder, new_name, node}});
  return {};
}

Status DiskMount::Remove(const std::string& path) {
  if (auto fine = Begin(DiskCall::kRemove, path); !fine) return fine;
  const auto [folder, name] = state_->tree.Locate(path);
  if (folder && folder->names.contains(name)) RemoveNode(folder, name);
  return {};
}

void DiskMount::RemoveNode(const DiskNode::Ptr& folder, const std::string& name) {
  const DiskNode::Ptr node = folder->names.at(name);
  while (!node->names.empty()) RemoveNode(node, std::string(node->names.begin()->first));
  state_->tree.Change({{folder, name, nullptr}});
}

Status DiskMount::SyncFolder(const std::string& path) {
  if (auto fine = Begin(DiskCall::kSyncFolder, path); !fine) return fine;
  const DiskNode::Ptr folder = state_->tree.Find(path);
  if (!folder) return DiskError(Errc::kNotFound, "open", path, kNotThere);
  if (!folder->folder) return DiskError(Errc::kInternal, "open", path, "Not a directory");
  if (!state_->lying) state_->tree.SyncNames(folder);
  return {};
}

Result<std::vector<std::string>> DiskMount::List(const std::string& path) {
  if (auto fine = Begin(DiskCall::kOpen, path); !fine) return fine.error();
  const DiskNode::Ptr folder = state_->tree.Find(path);
  if (!folder) return DiskError(Errc::kNotFound, "list", path, kNotThere);
  if (!folder->folder) return DiskError(Errc::kInternal, "list", path, "Not a directory");
  std::vector<std::string> names;
  for (const auto& [name, node] : folder->names) names.push_back(name);
  return names;
}

Result<async::DiskSpace> DiskMount::Space(const std::string& path) {
  if (auto fine = Begin(DiskCall::kOpen, path); !fine) return fine.error();
  const std::uint64_t total = state_->capacity.value_or(kUnbounded);
  const std::uint64_t used = state_->tree.UsedBytes();
  return async::DiskSpace{total, used < total ? total - used : 0};
}

}  // namespace notify::testing_support::sim
