#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/streams.hpp"
#include "common/result.hpp"

namespace notify::cli::history {

/// Says of each record that was not taken why, on standard error, and keeps it in a file where one
/// is named: as it was, so that it can be mended and imported.
///
/// Lifetime: `streams` outlive it. Threads: one at a time.
class Rejections {
 public:
  /// `path` may be empty. `append` goes on with a file that is there. `heading` is the first line
  /// of a new file, for CSV; it may be empty. kForbidden and others where it cannot be written.
  static Result<Rejections> Open(Streams& streams, const std::string& path, bool append,
                                 const std::string& heading);

  Rejections(Rejections&& other) noexcept;
  Rejections(const Rejections&) = delete;
  Rejections& operator=(const Rejections&) = delete;
  Rejections& operator=(Rejections&&) = delete;
  ~Rejections();

  /// `code` is a name of docs/errors.md.
  Status Add(std::uint64_t line, std::string_view code, std::string_view why,
             std::string_view record);

 private:
  Rejections(Streams& streams, int descriptor, std::string path)
      : streams_(streams), descriptor_(descriptor), path_(std::move(path)) {}
  Status Write(std::string_view line);

  Streams& streams_;
  int descriptor_;
  std::string path_;
};

}  // namespace notify::cli::history
