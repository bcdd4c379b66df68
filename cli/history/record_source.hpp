#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/history/input.hpp"
#include "common/errc.hpp"
#include "common/result.hpp"

namespace notify::cli::history {

/// How large one record may be: more than the agent takes as an event, so that the agent says no.
inline constexpr std::size_t kMostRecordBytes = 1 << 20;

/// One record of a file with history.
struct Record {
  std::uint64_t number = 0;  ///< Of lines, or of an array's elements, from 1: the same every time.
  std::string json;          ///< On one line; empty where the record is not one.
  Errc code = Errc::kInvalidJson;  ///< Where `json` is empty: why.
  std::string problem;
  std::string raw;  ///< As it stands in the file, where that is not `json`.
};

/// Reads records one after another, in bounded memory.
///
/// Threads: one at a time.
class RecordSource {
 public:
  virtual ~RecordSource() = default;

  /// The next record; false at the end. A record that is not well formed is a record with a
  /// problem; an error is where reading cannot go on.
  virtual Result<bool> Next(Record& record) = 0;

  /// Bytes read so far, for progress.
  virtual std::uint64_t bytes() const = 0;
};

/// One event a line; empty lines count as lines and are none.
std::unique_ptr<RecordSource> ReadNdjson(std::unique_ptr<Input> input);

/// The elements of one JSON array, which may spread over lines.
std::unique_ptr<RecordSource> ReadArray(std::unique_ptr<Input> input);

}  // namespace notify::cli::history
