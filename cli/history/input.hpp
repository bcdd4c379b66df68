#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cli/streams.hpp"
#include "common/result.hpp"

namespace notify::cli::history {

/// The bytes of a file or of standard input, piece by piece.
///
/// Lifetime: closes its descriptor; `streams` outlive it. Threads: one at a time.
class Input {
 public:
  /// `-` is standard input. kNotFound, kForbidden or kInvalidArgument with the path in the detail.
  static Result<std::unique_ptr<Input>> Open(const std::string& path, Streams& streams);

  virtual ~Input() = default;

  /// The next piece, at most 256 KiB; empty at the end. kInternal where it cannot be read.
  virtual Result<std::string> Next() = 0;

  /// In bytes; 0 where it is not known beforehand.
  virtual std::uint64_t size() const = 0;
};

/// What tells one content from another: hexadecimal, of all bytes, the same for the same bytes.
/// Errors as Input.
Result<std::string> Fingerprint(Input& input);

}  // namespace notify::cli::history
