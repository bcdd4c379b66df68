#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/signal.hpp"
#include "agent/async/task.hpp"
#include "agent/ingress/signalr/invocation_gate.hpp"
#include "agent/ingress/signalr/upload.hpp"
#include "common/result.hpp"
#include "common/signalr/hub_message.hpp"

namespace notify::agent::ingress::signalr {

class EventPart;
class HubConnection;
struct Method;

/// The calls of one connection that are under way, in both directions: what the client called, the
/// streams that run beside it, and what the agent asked the client (signalr.md 9.4, 9.5).
///
/// Lifetime: as its connection.
/// Threads:  its connection's.
class Invocations {
 public:
  explicit Invocations(HubConnection& connection);
  ~Invocations();

  InvocationGate& gate() { return gate_; }

  // What the client sends.
  /// Calls a method: done when this returns, or, where several may run at once, begun.
  async::Task<void> Call(const ::notify::signalr::Invocation& call);
  async::Task<void> Stream(const ::notify::signalr::StreamInvocation& call);
  /// An item of an upload; waits while its reader is behind.
  async::Task<void> Item(const ::notify::signalr::StreamItem& item);
  /// The end of an upload, or the answer to what the agent asked.
  void Completed(const ::notify::signalr::Completion& completion);

  /// Calls a method of the client and waits for its answer: JSON, `null` where it has none.
  /// kConflict where the client answers with an error, kTimeout beyond `limit`, kUnavailable where
  /// the connection ends, kRateLimited where it has 64 unanswered. `arguments` are JSON values.
  async::Task<Result<std::string>> Ask(std::string method, std::vector<std::string> arguments,
                                       Clock::Duration limit);

  /// Ends a stream with its Completion; does nothing where it has ended.
  void EndStream(const std::string& invocation, std::optional<std::string> error);
  /// Streams may go on.
  void RoomAgain();
  /// Waits for the calls that run beside others.
  async::Task<void> Settled();
  /// The connection is over.
  void EndAll();

 private:
  struct Question {
    std::optional<Result<std::string>> answer;
    async::Signal answered;
  };
  /// Made with the first one: most connections have none.
  struct Running {
    // By invocation id. Shared with what is posted for them.
    std::map<std::string, std::shared_ptr<EventPart>> streams;
    // By stream id. Shared with the calls that read them.
    std::map<std::string, UploadPtr> uploads;
    // By invocation id; of the agent's coroutines that wait.
    std::map<std::string, Question*> questions;
    std::uint64_t last_question = 0;
    // Calls that run at once.
    std::size_t beside = 0;
    async::Signal one_ended;
  };
  /// A call that outlives the message that it came in.
  struct OwnCall {
    explicit OwnCall(const ::notify::signalr::Invocation& call);
    ::notify::signalr::Invocation call;
    std::vector<std::string> texts;  ///< Of its arguments.
  };

  Running& running();
  bool IsTaken(const std::string& invocation);
  async::Task<void> Run(const ::notify::signalr::Invocation& call);
  static async::Task<void> RunBeside(std::shared_ptr<HubConnection> connection, OwnCall own);
  void Refuse(const std::optional<std::string>& invocation, const std::string& target,
              const Error& error);
  async::Task<std::optional<std::string>> Answer(const ::notify::signalr::Invocation& call,
                                                 std::string& result);
  void BeginUpload(const ::notify::signalr::Invocation& call, const Method& method);
  static async::Task<void> RunUpload(std::shared_ptr<HubConnection> connection,
                                     const Method& method, std::optional<std::string> invocation,
                                     std::string stream_id, UploadPtr upload);

  HubConnection& connection_;
  InvocationGate gate_;
  std::unique_ptr<Running> running_;
};

}  // namespace notify::agent::ingress::signalr
