#pragma once

#include "agent/async/executor.hpp"
#include "agent/hub/client_observer.hpp"
#include "agent/inbox/inboxes.hpp"

namespace notify::agent::app {

/// Has a user who connects told what is unread in its inbox, right behind `connected`.
///
/// Lifetime: as the hub.
/// Threads:  the shards'.
class InboxGreeting final : public hub::ClientObserver {
 public:
  /// Both outlive it; `platform` is the executor of the inboxes.
  InboxGreeting(async::Executor& platform, inbox::Inboxes& inboxes)
      : platform_(platform), inboxes_(inboxes) {}

  void Entered(const hub::ClientPtr& client) override;
  void Leaving(const hub::ClientPtr&) override {}

 private:
  async::Executor& platform_;
  inbox::Inboxes& inboxes_;
};

}  // namespace notify::agent::app
