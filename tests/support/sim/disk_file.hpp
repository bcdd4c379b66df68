#pragma once

#include <memory>
#include <string>

#include "agent/async/file.hpp"
#include "tests/support/sim/disk_mount.hpp"

namespace notify::testing_support::sim {

/// An open file of a SimDisk.
class DiskFile final : public async::File {
 public:
  struct Place {
    std::shared_ptr<DiskState> disk;
    std::shared_ptr<bool> alive;  // Shared with the mount, which a power cut kills.
    DiskNode::Ptr node;
    std::string path;
    bool writable = false;
  };
  explicit DiskFile(Place place) : place_(std::move(place)) { ++place_.disk->open_files; }
  ~DiskFile() override { --place_.disk->open_files; }

  Result<std::size_t> ReadAt(std::uint64_t offset, std::span<char> into) override;
  Status WriteAt(std::uint64_t offset, std::string_view bytes) override;
  Status Sync() override;
  Status Truncate(std::uint64_t size) override;
  Result<std::uint64_t> Size() override;
  Status Preallocate(std::uint64_t size) override;

 private:
  Status Resize(std::uint64_t size, const char* doing);
  /// Room for a file of `size`: kStorageFull where the disk has none.
  Status Reserve(std::uint64_t size, const char* doing);

  Place place_;
};

/// The error of a call that the faults chose to fail; success where `verdict` says so.
Status Outcome(const DiskFaults::Verdict& verdict, const char* doing, const std::string& path);
/// The system's message for one of its error codes.
Error DiskError(Errc code, const char* doing, const std::string& path, const char* why);

}  // namespace notify::testing_support::sim
