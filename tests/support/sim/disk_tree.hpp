#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/sim/dice.hpp"
#include "tests/support/sim/sparse_image.hpp"

namespace notify::testing_support::sim {

/// One change of a file that no sync has made durable.
struct FileChange {
  enum class Kind { kWrite, kResize };
  Kind kind = Kind::kWrite;
  std::uint64_t at = 0;  ///< Offset of a write, or the new size.
  std::string bytes;
};

/// A file or a folder, as it is and as it would be found after a power cut that keeps nothing
/// which was not synced.
struct DiskNode {
  // Shared by the live tree, the durable tree, unsynced changes and open files.
  using Ptr = std::shared_ptr<DiskNode>;

  bool folder = false;
  std::map<std::string, Ptr> names;          ///< Of a folder, now.
  std::map<std::string, Ptr> durable_names;  ///< Of a folder, on disk.
  SparseImage image;                         ///< Of a file, now.
  SparseImage durable_image;                 ///< Of a file, on disk.
  std::vector<FileChange> unsynced;

  void Write(std::uint64_t offset, std::string_view bytes);
  void Resize(std::uint64_t size);
  /// All that was written is on disk.
  void Sync();
  /// A part of what was written may be on disk, by chance: after a power cut, or a failed sync.
  /// Whole writes are lost or kept, sector by sector; a sector may be torn. The rest is forgotten.
  void LoseSome(Dice& dice);
};

/// One step of a change of names: `folder` has `name` for `node` now, or no more.
struct NameStep {
  DiskNode::Ptr folder;
  std::string name;
  DiskNode::Ptr node;  ///< Null where the name is taken away.
};

/// Steps that a disk does together or not at all: a rename has two.
using NameChange = std::vector<NameStep>;

/// Folders and names, now and on disk.
class DiskTree {
 public:
  DiskTree();

  /// The node at a path; null where nothing is there.
  DiskNode::Ptr Find(std::string_view path) const;
  /// The folder that holds the last name of a path, and that name. Null folder where it is not
  /// there.
  std::pair<DiskNode::Ptr, std::string> Locate(std::string_view path) const;

  /// Does the change now; it is durable after SyncNames of its folders.
  void Change(NameChange change);
  /// Makes the changes in one folder durable, with those that they rest on.
  void SyncNames(const DiskNode::Ptr& folder);
  /// Makes every change of names and files durable.
  void SyncAll();
  /// Bytes in all files.
  std::uint64_t UsedBytes() const;
  /// Keeps what is durable and, by chance, some of what is not.
  void PowerCut(Dice& dice);

 private:
  void Keep(const std::vector<bool>& kept);

  DiskNode::Ptr root_;
  std::vector<NameChange> unsynced_;
};

/// The names of a path, without empty ones, `.` and `..`.
std::vector<std::string> SplitPath(std::string_view path);

}  // namespace notify::testing_support::sim
