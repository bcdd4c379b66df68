#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "agent/ingress/http/exchange.hpp"

namespace notify::agent::ingress {

/// Closes the stream when its time is over, unless it is stood down before.
///
/// Lifetime: `stream` outlives it.
/// Threads:  the stream's I/O thread.
class Deadline {
 public:
  Deadline(async::IoThread& io, async::Stream& stream, Clock::Duration limit)
      : timers_(io.timers()), timer_(timers_.After(limit, [this, &stream] {
          passed_ = true;
          stream.Close();
        })) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline() { timers_.Cancel(timer_); }
  bool passed() const { return passed_; }

 private:
  async::Timers& timers_;
  bool passed_ = false;
  async::TimerId timer_;
};

/// What a connection keeps between requests.
///
/// Threads:  its I/O thread.
struct Wire {
  std::unique_ptr<async::Stream> stream;  // Null once it was handed over.
  async::IoThread& io;
  std::size_t io_index;
  const Clock& clock;
  const HttpLimits& limits;
  std::string buffer;    // Read, not yet parsed. No memory while idle.
  bool drained = false;  // The last read took all that was there.
  ConnectionPlace place;

  /// Takes over what `all` and `of_thread` were raised by.
  Wire(std::unique_ptr<async::Stream> stream, async::IoThread& io, std::size_t io_index,
       const Clock& clock, const HttpLimits& limits, std::atomic<std::size_t>& all,
       std::atomic<std::size_t>& of_thread)
      : stream(std::move(stream)),
        io(io),
        io_index(io_index),
        clock(clock),
        limits(limits),
        place(all, of_thread) {}

  /// Reads more behind what is there; 0 at the end of the stream.
  async::Task<Result<std::size_t>> Fill() {
    while (true) {
      // What was just found empty is not worth a system call.
      if (!std::exchange(drained, false)) {
        auto got = AppendRead();
        if (!got) co_return got.error();
        if (*got) co_return **got;
      }
      if (buffer.empty()) buffer.shrink_to_fit();
      co_await stream->Readable();
    }
  }

  /// Whether the stream has ended; what was read on the way stays in the buffer.
  bool Ended() {
    if (stream->closed()) return true;
    const auto got = AppendRead();
    return !got || (*got && **got == 0);
  }

  /// Reads into `into` until it is full or the stream has ended; how much it was.
  async::Task<Result<std::size_t>> FillAll(std::span<char> into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
      if (!std::exchange(drained, false)) {
        auto got = TryRead(into.subspan(filled));
        if (!got) co_return got.error();
        if (*got && **got == 0) break;
        filled += got->value_or(0);
        if (*got) continue;
      }
      co_await stream->Readable();
    }
    co_return filled;
  }

 private:
  Result<std::optional<std::size_t>> TryRead(std::span<char> into) {
    auto got = stream->TryRead(into);
    drained = got && *got && **got > 0 && **got < into.size();
    return got;
  }

  Result<std::optional<std::size_t>> AppendRead() {
    std::array<char, 16 << 10> bytes;  // On the stack, and not cleared: most reads are short.
    auto got = TryRead(bytes);
    if (got && *got) buffer.append(bytes.data(), **got);
    return got;
  }
};

}  // namespace notify::agent::ingress
