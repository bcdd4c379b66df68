#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "cli/history/rejections.hpp"
#include "cli/migrate/description.hpp"

namespace notify::cli::migrate {

/// What a tenant is to get.
struct Share {
  std::uint64_t lines = 0;                      ///< Events of its file.
  std::map<std::string, std::uint64_t> rows;    ///< By table.
  std::map<std::string, std::uint64_t> counts;  ///< By event type: how many events it counts as.
};

/// What a dump comes to.
struct Split {
  std::string content;  ///< Of the description and all files, hexadecimal.
  std::map<std::string, Share> tenants;
  std::map<std::string, std::uint64_t> not_held;  ///< Rows by table that no agent has a place for.
  std::uint64_t bad = 0;
  std::uint64_t without_tenant = 0;
};

/// How a dump is split.
struct SplitSettings {
  std::string folder;          ///< For the files that it makes.
  std::string default_tenant;  ///< Of rows that name none; empty: they are left out.
  bool stop_on_error = true;
};

/// The fingerprint of everything that decides how the dump is split.
Result<std::string> ContentOf(const Description& description, const SplitSettings& settings,
                              Streams& streams);

/// Writes one file of events for each tenant (`TENANT.ndjson`), one of rows that are not held
/// (`not-held.TENANT.TABLE.ndjson`), and the split itself (`split.json`), last. Memory is bounded,
/// however large the dump is. `progress` hears the bytes read. kInvalidArgument where a bad row
/// stops it: nothing has reached an agent then.
Result<Split> SplitDump(const Description& description, const SplitSettings& settings,
                        const std::string& content, Streams& streams,
                        history::Rejections& rejections,
                        const std::function<void(std::uint64_t)>& progress);

/// The split that the folder holds, if it is whole. Nothing otherwise.
std::optional<Split> FindSplit(const std::string& folder);

std::string EventsFile(const std::string& folder, const std::string& tenant);

}  // namespace notify::cli::migrate
