#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/websocket/message_reader.hpp"

struct z_stream_s;

namespace notify::websocket {

/// Expands messages of permessage-deflate (RFC 7692 7.2.2). Each one stands alone, so that the
/// connections of a thread share one inflater:
///
///     if (event.compressed) event = inflater.Inflate(event, limit);
///
/// Some 40 KiB, and up to 64 KiB more for the last message; a bigger one goes with the next call.
/// Threads:  one at a time; made for one thread.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// The message of a compressed `event`, kText or kBinary and no longer compressed; its payload is
  /// good until the next call. Text is checked for UTF-8. Otherwise kFailed, with what to close
  /// with; the caller must not read on, as after a failure of the reader.
  ///
  /// kTooBig:      it is larger than `max_bytes`; no more than one byte beyond was expanded.
  ///
  /// kInvalidText: it is not deflated, cut short, refers to a message before, or is text that is
  /// not UTF-8.
  Event Inflate(const Event& event, std::uint64_t max_bytes);

  /// What the last message's buffer takes.
  std::size_t HeldBytes() const { return buffer_.capacity(); }

 private:
  enum class Step : std::uint8_t { kOpen, kWhole, kTooBig, kInvalid, kNotUtf8 };
  class TextCheck;
  struct Free {
    void operator()(z_stream_s* stream) const;
  };

  Step Expand(std::string_view payload, std::uint64_t max_bytes, TextCheck& check);
  Step Feed(std::string_view input, std::uint64_t max_bytes, TextCheck& check);
  std::span<char> Room(std::uint64_t max_bytes);

  std::unique_ptr<z_stream_s, Free> stream_;
  std::string buffer_;
  std::size_t used_ = 0;  // bytes of the buffer that the message has
};

}  // namespace notify::websocket
