#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/live_sink.hpp"
#include "common/result.hpp"

namespace notify::agent::inbox {

/// Tells users how many unread notifications they have: client method `badge` with `{"unread": n}`,
/// on all connections of the user. At most one in `pace` for a user, the count as it is when it
/// leaves; after a change one always follows.
///
/// Lifetime: outlives its tasks, because Stop() is awaited before it goes.
/// Threads:  the platform executor.
class Badges {
 public:
  /// How many unread notifications a user has. An error: nobody is told.
  using Count = std::function<Result<std::size_t>(const TenantHandle&, const std::string& user)>;

  /// `runtime` and `live` outlive it.
  Badges(async::Runtime& runtime, LiveSink& live, Clock::Duration pace, Count count);

  /// The user's count may be another one now.
  void Changed(const TenantHandle& tenant, const std::string& user);
  /// Nobody of the tenant is told any more.
  void LetGo(const TenantId& tenant);
  async::Task<void> Stop();

  /// Users that were told less than `pace` ago or are to be told, for tests.
  std::size_t busy() const { return places_.size(); }

 private:
  using Key = std::pair<TenantId, std::string>;
  struct Place {
    explicit Place(TenantHandle handle) : tenant(std::move(handle)) {}
    TenantHandle tenant;
    bool changed = true;  // Since it was last told.
    bool rests = false;   // It was told less than `pace` ago.
    async::TimerId rested;
  };

  void Queue(Key key);
  async::Task<void> Run();
  async::Task<void> Tell(Key key, TenantHandle tenant);
  void Rest(const Key& key);
  void Rested(const Key& key);

  async::Runtime& runtime_;
  LiveSink& live_;
  const Clock::Duration pace_;
  const Count count_;
  async::TaskGroup tasks_;
  std::map<Key, Place> places_;
  std::deque<Key> ready_;
  bool running_ = false;
};

}  // namespace notify::agent::inbox
