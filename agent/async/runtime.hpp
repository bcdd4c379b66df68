#pragma once

#include <cstddef>
#include <memory>

#include "agent/async/file.hpp"
#include "agent/async/stream.hpp"
#include "agent/async/timers.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"

namespace notify::agent::async {

/// One I/O thread: its executor, its timers and its sockets.
///
/// Lifetime: as the Runtime.
/// Threads:  `executor()` from any; the rest on its executor.
class IoThread {
 public:
  virtual ~IoThread() = default;

  virtual Executor& executor() = 0;
  virtual Timers& timers() = 0;

  /// Whether a listener is the process's first at its address, or shares it with the first.
  enum class Share { kFirst, kJoin };

  /// Listens with SO_REUSEPORT, so that each I/O thread can listen at the same address.
  /// kConflict where another process has the address (looked at for kFirst only, because
  /// SO_REUSEPORT would let two agents of one user share it in silence).
  virtual Result<std::unique_ptr<Listener>> Listen(const Endpoint& at, Share share) = 0;

  /// Connects within `limit`. kUpstreamUnreachable or kUpstreamTimeout.
  virtual Task<Result<std::unique_ptr<Stream>>> Connect(Endpoint to, Clock::Duration limit) = 0;

  /// Takes over a stream that lived on another I/O thread; nobody waits on it.
  virtual std::unique_ptr<Stream> Adopt(std::unique_ptr<Stream> stream) = 0;
};

/// The seam to the machine: everything that the agent knows of threads, time, chance, network and
/// disk comes through here. The real one is MakeAsioRuntime(); the simulator's is in
/// tests/support/sim.
///
/// Lifetime: outlives the agent.
/// Threads:  any.
class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual std::size_t io_threads() const = 0;
  virtual IoThread& io(std::size_t index) = 0;

  /// Each tenant belongs to one storage thread.
  virtual std::size_t storage_threads() const = 0;
  virtual Executor& storage(std::size_t index) = 0;

  /// Reads history from disk, so that commits never wait for it.
  virtual Executor& reader() = 0;
  /// Writes what nobody waits for: the log's segments, merging, retention.
  virtual Executor& background() = 0;
  virtual Timers& background_timers() = 0;
  /// The platform's own state, and the slow side of the flow: triggers, projections, deliveries.
  virtual Executor& platform() = 0;
  virtual Timers& platform_timers() = 0;
  /// Blocking calls to providers.
  virtual Executor& outbound() = 0;

  virtual FileSystem& files() = 0;
  virtual const Clock& clock() = 0;
  virtual Random& random() = 0;
};

}  // namespace notify::agent::async
