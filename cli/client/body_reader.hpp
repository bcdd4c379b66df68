#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::cli::client {

/// Cuts the body of an answer out of the bytes behind its head (RFC 9112 6 and 7.1).
///
/// Threads: one at a time.
class BodyReader {
 public:
  enum class Framing { kNone, kLength, kChunked, kUntilEnd };

  BodyReader() = default;
  BodyReader(Framing framing, std::uint64_t length) : framing_(framing), left_(length) {
    done_ = framing == Framing::kNone || (framing == Framing::kLength && length == 0);
  }

  /// Takes bytes off the front of `bytes` and appends what is body to `body`. What it leaves is not
  /// whole yet, or of another answer. kAgentUnreachable where a chunk is not one.
  Status Take(std::string& bytes, std::string& body);
  /// The connection ended.
  void End() { done_ = done_ || framing_ == Framing::kUntilEnd; }

  bool done() const { return done_; }

 private:
  enum class Chunk { kSize, kData, kEnd, kTrailer };

  Status TakeChunked(std::string_view& rest, std::string& body);
  Status ReadSize(std::string_view line);
  void TakeData(std::string_view& rest, std::string& body);

  Framing framing_ = Framing::kNone;
  Chunk chunk_ = Chunk::kSize;
  std::uint64_t left_ = 0;  // Of the body, or of the chunk.
  bool done_ = true;
};

}  // namespace notify::cli::client
