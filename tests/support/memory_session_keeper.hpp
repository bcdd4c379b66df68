#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/flow/session_keeper.hpp"

namespace notify::testing_support {

/// Keeps sessions in memory, as they were handed over.
class MemorySessionKeeper final : public agent::SessionKeeper {
 public:
  agent::async::Task<Status> Keep(std::size_t io, std::vector<agent::SessionChange> changes,
                                  std::vector<agent::FlowMark> marks) override {
    ++calls;
    if (broken) co_return Fail(Errc::kUnavailable, "The disk is full.");
    for (agent::SessionChange& change : changes) {
      sessions.insert_or_assign(change.session, change);
    }
    for (const agent::FlowMark& mark : marks) {
      arrived[{mark.tenant.id().text(), io}] = mark.arrived;
    }
    co_return Status();
  }

  agent::async::Task<Result<std::optional<agent::KeptSession>>> Find(agent::TenantHandle tenant,
                                                                     std::string session,
                                                                     std::string actor) override {
    if (broken) co_return Fail(Errc::kUnavailable, "The disk is full.");
    const auto found = sessions.find(session);
    if (found == sessions.end() || found->second.open || found->second.actor != actor ||
        found->second.tenant.id() != tenant.id()) {
      co_return std::optional<agent::KeptSession>();
    }
    agent::KeptSession kept{found->second.state, std::nullopt};
    if (found->second.follows) kept.follows = arrived[{tenant.id().text(), 0}];
    co_return std::optional(std::move(kept));
  }

  std::map<std::string, agent::SessionChange> sessions;
  std::map<std::pair<std::string, std::size_t>, Position> arrived;
  std::size_t calls = 0;
  bool broken = false;  ///< As on a disk that fails.
};

}  // namespace notify::testing_support
