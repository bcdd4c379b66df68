#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/async/runtime.hpp"
#include "tests/support/sim/dice.hpp"

namespace notify::simulation {

namespace async = ::notify::agent::async;
namespace sim = ::notify::testing_support::sim;

/// Looks for texts that must never come, in bytes that are cut anywhere.
class Canary {
 public:
  explicit Canary(std::vector<std::string> forbidden) : forbidden_(std::move(forbidden)) {}

  /// A new connection: what came before has nothing to do with what comes.
  void NewStream() { tail_.clear(); }
  void Look(std::string_view bytes);
  /// The forbidden texts that came.
  const std::vector<std::string>& found() const { return found_; }

 private:
  const std::vector<std::string> forbidden_;
  std::string tail_;
  std::vector<std::string> found_;
};

/// The agent's addresses, and the machine that all live on, from one power-on to the next cut.
struct Net {
  async::Runtime* runtime = nullptr;
  async::Endpoint tcp;
  async::Endpoint socket;
};

/// Somebody outside of the agent. What it knows and what it has seen outlives power cuts, as it
/// would on a machine of its own.
///
/// Lifetime: longer than the tasks that Run() gives, also where they are abandoned.
/// Threads:  one.
class Party {
 public:
  Party(std::string name, sim::Dice dice, std::vector<std::string> forbidden)
      : canary(std::move(forbidden)), dice(dice), name_(std::move(name)) {}
  virtual ~Party() = default;
  Party(const Party&) = delete;
  Party& operator=(const Party&) = delete;

  /// What it does while the machine runs; ends soon after `stop` is set and its streams are cut.
  virtual async::Task<void> Run(Net net, async::IoThread& io) = 0;
  /// The agent's machine is about to die: what arrived here until now can be read all the same.
  virtual void TakeLastBytes() {}

  const std::string& name() const { return name_; }
  void Complain(std::string what) { complaints.push_back(name_ + ": " + std::move(what)); }
  Clock::Duration UpTo(std::chrono::milliseconds most) {
    return std::chrono::microseconds(
        dice.Below(static_cast<std::uint64_t>(most.count()) * 1000 + 1));
  }

  Canary canary;
  sim::Dice dice;
  async::Stream* stream = nullptr;  ///< Its connection, while there is one; for cutting it.
  std::vector<std::string> complaints;
  bool stop = false;

 private:
  const std::string name_;
};

/// A connection of a party. Every byte that comes passes its canary.
///
/// Lifetime: no task of it outlives it.
class Wire {
 public:
  /// Null where nobody answers.
  static async::Task<std::unique_ptr<Wire>> Dial(Party& party, async::IoThread& io,
                                                 const async::Endpoint& to);
  Wire(Party& party, async::IoThread& io, std::unique_ptr<async::Stream> stream);
  ~Wire();

  async::Task<bool> Send(std::string bytes);
  /// Waits for more bytes; false where the connection is over, or silent for `limit`.
  async::Task<bool> More(Clock::Duration limit);
  /// Takes what is here already, also from a connection that is lost.
  void Gather();
  /// Reads until there is an HTTP head, and takes it; its status, or 0.
  async::Task<int> TakeHead(std::string& head);

  std::string in;  ///< What came and was not taken.

 private:
  void Take(std::string_view bytes);
  void GiveUp();

  Party& party_;
  async::IoThread& io_;
  std::unique_ptr<async::Stream> stream_;
};

/// One request.
struct Ask {
  std::string method = "GET";
  std::string path;
  std::string bearer;  ///< Empty: none.
  std::string tenant;  ///< Of X-Tenant; empty: none.
  std::string body;    ///< JSON.
};

/// Its answer; status 0: none came, and nobody knows what became of the request.
struct Answer {
  int status = 0;
  std::string body;

  /// Trying again is right: nothing was refused.
  bool unknown() const { return status == 0 || status == 429 || status >= 500; }
};

/// Asks over one connection as long as it lasts.
class HttpClient {
 public:
  HttpClient(Party& party, async::IoThread& io, async::Endpoint to)
      : party_(party), io_(io), to_(std::move(to)) {}

  async::Task<Answer> Send(const Ask& ask);
  /// Until it has an answer that is one, or the party stops.
  async::Task<Answer> Insist(const Ask& ask);

 private:
  async::Task<Answer> SendOnce(const Ask& ask);

  Party& party_;
  async::IoThread& io_;
  const async::Endpoint to_;
  std::unique_ptr<Wire> wire_;
};

}  // namespace notify::simulation
