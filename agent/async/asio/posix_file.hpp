#pragma once

#include "agent/async/file.hpp"

namespace notify::agent::async {

/// The system's files.
/// Threads:  any.
class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, Mode mode) override;
  bool Exists(const std::string& path) override;
  Status MakeFolder(const std::string& path) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status SyncFolder(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& path) override;
  Result<DiskSpace> Space(const std::string& path) override;
};

}  // namespace notify::agent::async
