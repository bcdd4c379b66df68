#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/task_group.hpp"
#include "agent/flow/session_keeper.hpp"
#include "agent/hub/client.hpp"
#include "agent/hub/room.hpp"

namespace notify::agent::hub {

/// The sessions of one I/O thread's connections: how far each client surely is, looked at once a
/// second; what a connection leaves, kept for five minutes. What an agent's end would lose goes to
/// the keeper once a second: one row for a connection that begins, ends, subscribes or falls
/// behind, and one for each tenant whose live flow moved, whoever follows it.
///
/// Lifetime: as the shard; its tasks belong to the shard's group.
/// Threads:  the shard's.
class Sessions {
 public:
  using Rooms = std::map<TenantId, std::shared_ptr<Room>>;

  /// All outlive it. `index` is the I/O thread's.
  Sessions(async::IoThread& io, std::size_t index, Random& random, SessionKeeper& keeper,
           async::TaskGroup& tasks, const Rooms& rooms);

  /// A connection has entered: it gets a session.
  void Begin(Client& client);
  /// Its subscriptions changed.
  static void Changed(Client& client);
  /// A connection leaves; its session stays.
  void Left(const Client& client);
  /// Takes a session out, of a connection that is there or left: nothing where it is not here or
  /// another's, or `but` has it. `client` is the connection that has it still, and loses it. The
  /// keeper has it until whoever takes it is kept under its name.
  std::optional<SessionState> Take(const TenantId& tenant, const std::string& session,
                                   const std::string& actor, const Client* but, ClientPtr& client);
  /// The connection that took `session` out was lost before it had it.
  void PutBack(const Client& client, const std::string& session, SessionState state);
  /// The connection has resumed `session`, and is kept under that name as well when this returns.
  async::Task<void> Resumed(ClientPtr client, std::string session);

  /// No more looks. What is not kept yet is kept before it returns.
  async::Task<void> Stop();

 private:
  /// What a connection left.
  struct Departed {
    TenantHandle tenant;
    std::string actor;
    std::string former;
    SessionState state;
    Clock::TimePoint until;
  };

  void Arm();
  async::Task<void> LookAround();
  async::Task<void> Keep();
  void Look(Client& client, Position flowed);
  /// Whether nothing is to be learned of it until the live flow moves or something changes.
  static bool IsAtRest(const Client& client);
  /// It could not be kept, and is with the next.
  void KeepLater(std::vector<SessionChange> changes, const std::vector<FlowMark>& marks);
  static SessionState StateOf(const Client& client, bool open);
  void Note(const Client& client, const SessionState& state, bool open);
  void Forget(std::map<std::string, Departed, std::less<>>::iterator place);
  void ForgetOld();

  async::IoThread& io_;
  const std::size_t index_;
  Random& random_;
  SessionKeeper& keeper_;
  async::TaskGroup& tasks_;
  const Rooms& rooms_;
  bool looking_ = false;
  async::Signal stop_;
  std::map<std::string, Departed, std::less<>> departed_;    // By session.
  std::map<std::string, std::string, std::less<>> renamed_;  // From the former name of such a one.
  std::deque<std::string> in_order_;                         // Of their end.
  std::vector<std::string> left_;                            // Departed, and not kept yet.
  // Where each live flow was at the last look, and where it was last said to be.
  struct Flow {
    Position looked;
    Position kept;
  };
  std::map<TenantId, Flow> flows_;
  std::vector<SessionChange> changes_;  // Not kept yet.
};

}  // namespace notify::agent::hub
