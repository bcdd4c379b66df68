#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/ids.hpp"
#include "common/secret.hpp"

namespace notify::agent::delivery {

/// Where a delivery stands. Each ends in exactly one of kSent, kDelivered, kFailed, for ever.
enum class State : std::uint8_t {
  kPending,    ///< Waits for its first or next attempt.
  kSent,       ///< Handed to the channel; nobody was there to confirm it.
  kDelivered,  ///< The other side took it.
  kFailed,     ///< Given up: the dead letters, with the reason.
};

/// `PENDING`, `SENT`, `DELIVERED`, `FAILED`.
std::string_view StateName(State state);
std::optional<State> StateFromName(std::string_view name);

/// What is sent, kept sealed until it is no longer needed.
struct Payload {
  std::string rendered;  ///< The rendered notification, JSON.
  std::string title;
  std::string body;
  Secret secret;  ///< Of a webhook.
};

/// One attempt to hand a delivery to its channel, and what came of it.
struct Attempt {
  int round = 0;           ///< How often the delivery had been taken up again by hand.
  int number = 1;          ///< In its round, from 1.
  std::int64_t at_ms = 0;  ///< Unix ms of its begin.
  std::int64_t took_ms = 0;
  State result = State::kFailed;  ///< kSent, kDelivered, or kFailed for this attempt.
  std::string code;               ///< The error's code; empty where it went well.
  std::string detail;             ///< One sentence.
  std::string receipt;            ///< The provider's own id of what it took; may be empty.
};

/// One notification on its way to one recipient by one channel.
struct Delivery {
  std::string id;
  std::string notification;
  std::string rule;  ///< Empty: asked for by a request.
  std::int64_t rule_version = 0;
  std::string template_id;  ///< Empty: made by an agent that did not keep it.
  Position event;           ///< The event that caused it.
  std::string channel;
  std::string recipient;
  int priority = 1;        ///< 0 low, 1 medium, 2 high, 3 critical.
  std::int64_t depth = 1;  ///< Rules between this and an event from outside.
  std::string correlationid;
  std::string userid;
  std::string replay;     ///< The replay that stored the event; empty: it came by itself.
  std::string replay_of;  ///< The position of the event that it replays.

  State state = State::kPending;
  int attempts = 0;
  int retries = 0;              ///< How often it was taken up again by hand after it had failed.
  std::int64_t next_at_ms = 0;  ///< Unix ms of the next attempt, while pending.
  std::string last_error;       ///< One sentence; also what became of it, where it ended well.
  std::int64_t created_ms = 0;
  std::int64_t updated_ms = 0;
  Payload payload;                   ///< Filled where it is asked for.
  std::optional<Attempt> attempted;  ///< What Settle made of an attempt, until it is recorded.
};

/// A delivery as the API shows it.
std::string DeliveryJson(const Delivery& delivery);

/// `low` is 0 … `critical` is 3; 1 for anything else.
int PriorityNumber(std::string_view priority);

}  // namespace notify::agent::delivery
