#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/backup/archive_writer.hpp"
#include "agent/backup/manifest.hpp"
#include "agent/eventlog/event_log.hpp"

namespace notify::agent::pipeline {

/// Where the bytes of a backup go.
///
/// Threads:  the executor of the run.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Returns when there is room for more. An error ends the backup.
  virtual async::Task<Status> Write(std::string bytes) = 0;
};

/// A backup of a running agent: each tenant's state and log as they were at one moment of that
/// tenant, then platform.db. The state is copied before the log, because its cursors must not stand
/// behind the log's end. A tenant that cannot be read is left out, and logged.
///
/// Lifetime: as the backup; `parts` outlive it.
/// Threads:  Write on any executor, which it returns to; the files are read on the background
///           executor, a piece at a time, between which commits' blocks are moved.
class BackupRun {
 public:
  struct Parts {
    async::Runtime& runtime;
    eventlog::EventLog& log;
    std::string data_dir;
  };
  BackupRun(Parts parts, backup::Manifest manifest, std::int64_t now_s)
      : parts_(parts), manifest_(std::move(manifest)), writer_(now_s) {}

  /// About how many bytes it will be: those of the segments.
  async::Task<std::uint64_t> Estimate(std::vector<TenantHandle> tenants);

  /// Writes all of it. kStorageFull where the copy of a database has no room, and the sink's
  /// errors; what was written by then is not a backup, and says so by having no end.
  async::Task<Status> Write(std::vector<TenantHandle> tenants, ByteSink& sink);

 private:
  async::Task<Status> WriteAll(const std::vector<TenantHandle>& tenants, ByteSink& sink);
  async::Task<Status> WriteTenant(TenantHandle tenant, ByteSink& sink);
  async::Task<Status> WriteDatabase(std::string name, std::string source, ByteSink& sink);
  async::Task<Status> WriteCopy(std::string name, store::DatabaseCopy& copy, ByteSink& sink);
  async::Task<Status> WriteFile(std::string name, async::File& file, std::uint64_t bytes,
                                ByteSink& sink);
  std::string Folder() const { return parts_.data_dir + "/backup"; }

  const Parts parts_;
  const backup::Manifest manifest_;
  backup::ArchiveWriter writer_;
  bool in_member_ = false;  // Half a member cannot be taken back.
};

}  // namespace notify::agent::pipeline
