#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/task.hpp"
#include "agent/hub/message.hpp"
#include "agent/hub/subscriber_facts.hpp"
#include "common/model/gap.hpp"
#include "common/result.hpp"

namespace notify::agent::hub {

/// Why the hub ends a client.
struct Farewell {
  std::optional<std::string> error;  ///< For the client's eyes; nothing: a clean end.
  bool allow_reconnect = false;
};

/// A durable subscription that the client holds no more.
struct EndedSubscription {
  std::string id;
  std::string name;
  enum class Reason : std::uint8_t {
    kTakenOver,  ///< By a newer connection of its user.
    kRemoved,    ///< By the tenant's operator, or unused for too long.
  };
  Reason reason = Reason::kTakenOver;
};

/// A client as the hub knows it: a connection, an event stream, one stream of a connection.
/// Implemented by ingress. None of its functions may come back to the hub before it returns.
///
/// Lifetime: from HubShard::Enter to HubShard::Leave.
/// Threads:  the shard's.
class Subscriber {
 public:
  virtual ~Subscriber() = default;

  /// Whether the client takes more events. Where it does not, the hub reads on from the log after
  /// the subscriber's owner called HubShard::RoomAgain.
  virtual bool HasRoom() const = 0;
  /// Takes an event. Called only where HasRoom.
  virtual void Deliver(const Message& event) = 0;
  /// Takes a message without a position; where there is no room the oldest such message is dropped
  /// for it. False where it was not taken.
  virtual bool Offer(const Message& message) = 0;
  /// Delivery goes on elsewhere than right after the last event. `subscription` is empty where the
  /// client has only one.
  virtual void Skip(std::string_view subscription, const Gap& gap) = 0;
  /// A durable subscription ended without the client's wish.
  virtual void Unsubscribed(const EndedSubscription& ended) = 0;
  /// What was delivered since the last call leaves now, in one write.
  virtual void Flush() = 0;
  /// How much it was given since it began, in a unit of its own that only grows.
  virtual std::uint64_t Given() const { return 0; }
  /// Of that, what its system has taken, as far as is known. Asked about once a second while it is
  /// not all.
  virtual std::uint64_t Arrived() const { return 0; }
  /// Ends the client; its owner leaves the hub a moment later.
  virtual void Close(const Farewell& farewell) = 0;

  /// What there is to know of it for an operator.
  virtual SubscriberFacts Facts() const { return {}; }
  /// Calls a method of the client and waits for what it returns, JSON; keeps itself until then.
  /// Errors: as Connections::Ask.
  virtual async::Task<Result<std::string>> Ask(std::string, std::vector<std::string>,
                                               Clock::Duration) {
    co_return Fail(Errc::kConflict, "An event stream answers nothing.");
  }
};

}  // namespace notify::agent::hub
