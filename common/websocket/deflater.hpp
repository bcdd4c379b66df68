#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/websocket/deflate_offer.hpp"

struct z_stream_s;

namespace notify::websocket {

/// Compresses messages for permessage-deflate (RFC 7692 7.2.1). Each one stands alone, so that the
/// connections of a thread share one deflater, and one compressed message may go to all of them.
///
/// Some 40 KiB with the default window.
/// Threads:  one at a time; made for one thread.
class Deflater {
 public:
  /// `window_bits` is 9 to 15: zlib has no smaller one for this format.
  explicit Deflater(int window_bits = kDeflateWindowBits);
  ~Deflater();
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// Appends the payload of a frame that carries `message` compressed; mark the frame with
  /// Packing::kDeflated. `message` must not lie inside `out`. What does not shrink grows
  /// by a few bytes: a peer takes plain messages at any time, so send such a one as it is.
  void Append(std::string& out, std::string_view message);

 private:
  struct Free {
    void operator()(z_stream_s* stream) const;
  };

  std::unique_ptr<z_stream_s, Free> stream_;
};

}  // namespace notify::websocket
