#pragma once

#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/client/hub/settings.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/unit/cli/client/hub/scripted_hub.hpp"

namespace notify::cli::testing_support {

/// One connection to a ScriptedServer: what it answers is told beforehand, one piece a read.
struct Peer {
  HubScript script;         ///< Of a WebSocket; `sends` are what is left of any peer's answers.
  bool upgrades = false;    ///< Whether it is a WebSocket.
  bool ends = false;        ///< With nothing left it ends the connection; else time passes.
  bool interrupts = false;  ///< With nothing left the user interrupts.
  int broken_after = -1;    ///< So many writes succeed; -1: all.
  int writes = 0;
  std::string received;  ///< Bytes of an HTTP peer; of a WebSocket see `script.received`.

  /// A hub message in JSON.
  Peer& Says(std::string_view json) {
    script.Message(json);
    return *this;
  }
  /// Bytes as they are.
  Peer& Sends(std::string bytes) {
    script.sends.push_back(std::move(bytes));
    return *this;
  }
  Peer& ThenEnds() {
    ends = true;
    return *this;
  }
};

/// A SignalR server without a socket: each connection made to it is the next of its peers. Waiting
/// moves its clock. A connection that no peer is left for is refused.
class ScriptedServer {
 public:
  /// The next connection answers one request with this JSON.
  Peer& Answers(int status, std::string_view json, std::string_view headers = {});
  /// The next connection is a WebSocket that accepts the handshake.
  Peer& Hub();
  /// The next connection is a stream of events.
  Peer& Events();
  /// A negotiation that offers `transports`, as JSON objects.
  Peer& Negotiates(std::string_view more = {}, std::string_view transports = kAll,
                   std::string_view headers = {});

  static constexpr std::string_view kAll =
      R"({"transport":"WebSockets","transferFormats":["Text","Binary"]},)"
      R"({"transport":"ServerSentEvents","transferFormats":["Text"]})";

  /// Where the connections went, in order.
  std::vector<client::Endpoint> dialled;
  /// How long the client waited between attempts.
  std::vector<std::chrono::milliseconds> waits;
  ::notify::testing_support::FakeClock clock;
  ::notify::testing_support::SeededRandom random;
  bool interrupt_waits = false;

  client::HubMeans means{.dial = [this](const auto& endpoint, auto) { return Dial(endpoint); },
                         .clock = clock,
                         .random = random,
                         .wait =
                             [this](std::chrono::milliseconds time) {
                               waits.push_back(time);
                               clock.Advance(time);
                               return interrupt_waits;
                             }};

 private:
  Result<std::unique_ptr<client::Connection>> Dial(const client::Endpoint& endpoint);

  std::list<Peer> peers_;
  std::size_t used_ = 0;
};

/// A server-sent event.
std::string Event(std::string_view data);

}  // namespace notify::cli::testing_support
