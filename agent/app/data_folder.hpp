#pragma once

#include <string>

#include "common/result.hpp"

namespace notify::agent::app {

/// The data folder while this process owns it (contract 1): made where it is missing, locked by
/// `notifyd.lock`, with its format in `VERSION`.
///
/// Lifetime: the lock is held until the destructor, or the end of the process.
/// Threads:  one.
class DataFolder {
 public:
  /// kUnavailable where it cannot be written, kConflict where another agent has it (its process id
  /// is named), kInvalidConfig where a newer agent wrote it.
  static Result<DataFolder> Open(const std::string& path);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  const std::string& path() const { return path_; }

  /// Writes `notifyd.addr`, by which scripts find a port that the system chose.
  Status WriteAddress(const std::string& host_port) const;
  void RemoveAddress() const;

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;
};

}  // namespace notify::agent::app
