#pragma once

#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/async/stream.hpp"
#include "agent/hub/message.hpp"

namespace notify::agent::ingress {

/// What waits for one socket, bounded in bytes. It holds nothing while it is empty.
///
/// Threads:  the socket's.
class Outbox {
 public:
  explicit Outbox(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Whether more events are taken. What must go out (answers, pings, the end) always is.
  bool HasRoom() const { return bytes() < max_bytes_; }
  /// Whether it is so empty that events are worth reading from the log again.
  bool HasPlenty() const { return bytes() <= max_bytes_ / 2; }
  bool empty() const { return waiting_ == nullptr; }
  std::size_t bytes() const { return waiting_ ? waiting_->bytes : 0; }
  /// Bytes that were ever added and not let go, and those of them that left.
  std::uint64_t added() const { return added_; }
  std::uint64_t left() const { return added_ - bytes(); }

  void Add(hub::EncodedPtr bytes) { Add(std::move(bytes), false); }
  void Add(std::string bytes);
  /// A message that may be lost: the oldest such ones go where there is no room for it. False where
  /// that does not make room. One that waits with the same `key` is replaced where it stands; an
  /// empty key is nobody's.
  bool AddDroppable(hub::EncodedPtr bytes, std::string_view key = {});
  /// Lets go of all that was not begun.
  void Clear();
  /// Lets go of everything; of what was begun, too: it went into a connection that is over.
  void Reset();
  /// Takes out all that waits, in one piece.
  std::string TakeAll();

  /// One write of up to 64 parts. How many bytes were taken; kUnavailable: the connection is lost.
  Result<std::size_t> WriteTo(async::Stream& stream);

 private:
  struct Part {
    hub::EncodedPtr bytes;
    bool droppable = false;
    std::unique_ptr<std::string> key;  // Null for nearly all.
  };
  /// What waits, made with the first part and gone with the last.
  struct Waiting {
    boost::container::small_vector<Part, 2> parts;
    std::size_t first = 0;
    std::size_t begun = 0;  // Bytes of the first part that are gone.
    std::size_t bytes = 0;
    /// The first part that may go or change: one that has begun must be finished.
    std::size_t first_whole() const { return first + (begun > 0 ? 1 : 0); }
  };

  void Add(hub::EncodedPtr bytes, bool droppable);
  bool Replace(hub::EncodedPtr& bytes, std::string_view key);
  void Taken(std::size_t bytes);
  void LetGo(std::size_t bytes);
  /// Frees what is empty.
  void Tidy();

  const std::size_t max_bytes_;
  std::uint64_t added_ = 0;
  std::unique_ptr<Waiting> waiting_;  // Null: nothing waits.
};

}  // namespace notify::agent::ingress
