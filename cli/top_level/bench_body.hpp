#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace notify::cli::top_level {

/// A batch of events, made once and sent often; with ids, only their digits change.
class BenchBody {
 public:
  /// `events` of about `payload_bytes` of data each, NDJSON or a JSON array. `run` makes the ids of
  /// one benchmark unlike those of another; empty: events without ids.
  BenchBody(std::int64_t events, std::int64_t payload_bytes, bool ndjson, const std::string& run);

  const std::string& text() const { return text_; }
  /// Where the digits of the ids lie.
  const std::vector<std::size_t>& digits() const { return digits_; }

  /// Writes the numbers from `first` on over the digits in `text`, which holds this body at
  /// `offset`.
  void Number(std::string& text, std::size_t offset, std::int64_t first) const;

 private:
  std::string text_;
  std::vector<std::size_t> digits_;
};

}  // namespace notify::cli::top_level
