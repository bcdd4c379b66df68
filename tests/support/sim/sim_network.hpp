#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/async/stream.hpp"
#include "tests/support/sim/dice.hpp"
#include "tests/support/sim/sim_machine.hpp"

namespace notify::testing_support::sim {

/// How the network behaves where no test says otherwise.
struct NetworkOptions {
  Clock::Duration min_delay = std::chrono::microseconds(20);
  Clock::Duration max_delay = std::chrono::milliseconds(3);
  std::size_t buffer = 64U << 10;  ///< Bytes that fit between two ends, in each direction.
  unsigned short_one_in =
      4;  ///< So often a read or write moves fewer bytes than it could; 0: never.
  unsigned block_one_in = 16;  ///< So often it moves none, though it could; 0: never.
};

class SimListener;
class SimStream;
struct SimConnection;

/// The network between all virtual threads of one runtime: agent, clients and providers alike.
///
/// Lifetime: as its runtime; outlives streams and listeners.
/// Threads:  the one.
class SimNetwork {
 public:
  SimNetwork(SimMachine& machine, Dice dice, NetworkOptions options)
      : machine_(machine), dice_(dice), options_(options) {}

  /// Where later connections seem to come from; 127.0.0.1 unless set. What is not 127.* or ::1 is
  /// not loopback.
  void SetClientAddress(std::string address) { client_address_ = std::move(address); }
  /// The uid at the other end of later Unix connections; 1000 unless set.
  void SetClientUid(std::uint32_t uid) { client_uid_ = uid; }

  /// Both ends of a stream's connection are lost, each a moment later.
  void Cut(async::Stream& stream);
  /// Cuts every connection there is.
  void CutAll();
  /// The cable is out: nothing arrives any more in either direction, and nobody is told.
  void HalfOpen(async::Stream& stream);
  /// Connecting there gets no answer, from now on or no more.
  void SetUnreachable(const async::Endpoint& to, bool unreachable);
  /// Connections that are open at both ends.
  std::size_t connections() const;

  // For the virtual I/O threads.
  Result<std::unique_ptr<async::Listener>> Listen(SimExecutor& on, async::Endpoint at,
                                                  async::IoThread::Share share);
  async::Task<Result<std::unique_ptr<async::Stream>>> Connect(SimExecutor& on,
                                                              async::Timers& timers,
                                                              async::Endpoint to,
                                                              Clock::Duration limit);
  std::unique_ptr<async::Stream> Adopt(SimExecutor& on, std::unique_ptr<async::Stream> stream);

  // For streams and listeners.
  SimMachine& machine() { return machine_; }
  Dice& dice() { return dice_; }
  const NetworkOptions& options() const { return options_; }
  /// How long the next message travels.
  Clock::Duration Delay();
  void Forget(SimListener& listener);

 private:
  Result<std::unique_ptr<async::Stream>> Dial(SimExecutor& on, const async::Endpoint& to);
  std::vector<SimListener*> ListenersAt(const async::Endpoint& to);
  async::Peer ClientPeer(const async::Endpoint& to) const;

  SimMachine& machine_;
  Dice dice_;
  const NetworkOptions options_;
  std::string client_address_ = "127.0.0.1";
  std::uint32_t client_uid_ = 1000;
  std::uint16_t last_port_ = 49151;
  std::map<std::string, std::vector<SimListener*>> listeners_;
  std::set<std::string> unreachable_;
  std::vector<std::weak_ptr<SimConnection>> connections_;
};

}  // namespace notify::testing_support::sim
