#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/party.hpp"

namespace notify::simulation {

/// What a tenant's own people carry; empty until the operator made it.
struct Credentials {
  std::string publisher_key;
  std::string viewer_token;
};

/// An event as a subscriber saw it.
struct Seen {
  std::uint64_t sequence = 0;
  std::string id;
  bool operator==(const Seen&) const = default;
};

/// An event as it came.
struct Told {
  Seen event;
  bool redelivered = false;  ///< It says that it may have come before.
};

/// Whether an event of `type` is for a subscriber to `pattern`: `*`, or a prefix as in `fx.*`.
bool Wants(std::string_view pattern, std::string_view type);

/// Somebody who reads his tenant's events from the first one on, reconnects by himself, and goes on
/// after the last that he saw. He removes no duplicates and fills no holes: `seen` is what the
/// agent sent.
class Subscriber : public Party {
 public:
  Subscriber(std::string name, sim::Dice dice, std::vector<std::string> forbidden,
             const Credentials& credentials, std::string pattern)
      : Party(std::move(name), dice, std::move(forbidden)),
        credentials_(credentials),
        pattern_(std::move(pattern)) {}

  async::Task<void> Run(Net net, async::IoThread& io) override;

  const std::string& pattern() const { return pattern_; }
  std::vector<Seen> seen;
  std::size_t connections = 0;

 protected:
  /// One connection, from its beginning to its end.
  virtual async::Task<void> Session(const Net& net, async::IoThread& io) = 0;
  /// Reads an envelope; complains where it is none.
  std::optional<Told> Read(std::string_view envelope);
  /// Writes an envelope down.
  void See(std::string_view envelope);
  /// The last that was seen; 0: none.
  std::uint64_t last() const { return seen.empty() ? 0 : seen.back().sequence; }
  /// A position of the log that the events seen are of, as JSON.
  std::string After(std::uint64_t sequence) const;
  /// Now and then somebody is slow.
  Clock::Duration Dawdle() {
    return dice.OneIn(16) ? UpTo(std::chrono::milliseconds(400)) : Clock::Duration();
  }
  const std::string& token() const { return credentials_.viewer_token; }

  std::uint64_t epoch_ = 0;  // Of the last event seen; 0: none yet.

 private:
  const Credentials& credentials_;
  const std::string pattern_;
};

/// Over server-sent events.
class SseSubscriber final : public Subscriber {
 public:
  using Subscriber::Subscriber;

 private:
  async::Task<void> Session(const Net& net, async::IoThread& io) override;
  void TakeBlock(std::string_view block);

  std::string last_id_ = "0-0";
};

}  // namespace notify::simulation
