#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

#include "common/clock.hpp"

namespace notify::agent::ingress::signalr {

class HubConnection;

/// What names a connection to whom it belongs: random bits of its token.
using ConnectionKey = std::array<char, 16>;

/// The connections of one I/O thread by their tokens, and the tokens whose connection is over, for
/// as long as they could be used again.
///
/// Lifetime: as its thread's lane.
/// Threads:  its I/O thread.
class ConnectionTable {
 public:
  /// The connection; null where there is none.
  std::shared_ptr<HubConnection> Find(const ConnectionKey& key) const;
  /// Whether the key had a connection that is over.
  bool WasUsed(const ConnectionKey& key) const;
  void Add(const ConnectionKey& key, std::shared_ptr<HubConnection> connection);
  /// The connection is over, and its token good for nothing until it expires.
  void Remove(const ConnectionKey& key, Clock::TimePoint expires, Clock::TimePoint now);

  std::size_t size() const { return open_.size(); }
  void ForEach(const std::function<void(HubConnection&)>& visit) const;

 private:
  struct Hash {
    std::size_t operator()(const ConnectionKey& key) const {
      std::size_t hash = 0;  // The bits are random.
      std::memcpy(&hash, key.data(), sizeof hash);
      return hash;
    }
  };
  struct Used {
    Clock::TimePoint expires;
    ConnectionKey key;
  };

  // Shared with the transports' tasks.
  std::unordered_map<ConnectionKey, std::shared_ptr<HubConnection>, Hash> open_;
  std::unordered_map<ConnectionKey, Clock::TimePoint, Hash> used_;
  std::deque<Used> in_order_;  // Of their end, which is nearly that of their expiry.
};

}  // namespace notify::agent::ingress::signalr
