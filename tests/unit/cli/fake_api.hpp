#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/client/api_client.hpp"

namespace notify::cli::testing_support {

/// An agent that answers by script. A call that the script does not expect, and a script that is
/// not used up, fail the test.
class FakeApi {
 public:
  FakeApi() = default;
  FakeApi(const FakeApi&) = delete;
  FakeApi& operator=(const FakeApi&) = delete;
  ~FakeApi();

  /// The next call must be of `operation`; it answers this JSON.
  FakeApi& Answers(std::string operation, std::string_view json);
  /// The next call must be of `operation`; it fails.
  FakeApi& Refuses(std::string operation, Error error);
  /// The next call must be of `operation`; its answer has this body.
  FakeApi& Downloads(std::string operation, std::string body);
  /// The next stream opened gives these reads, then says how it ended.
  struct Reads {
    std::vector<std::vector<client::SseMessage>> batches;
    Error end = Fail(Errc::kAgentUnreachable, "The agent closed the stream.");
  };
  FakeApi& Streams(Reads reads);

  /// What was called, in order.
  const std::vector<client::Request>& calls() const { return calls_; }
  const client::Request& last() const { return calls_.back(); }
  /// Of the last call that had a body.
  Value body() const;
  std::string Query(std::string_view name) const;

  /// As a factory wants it. This object outlives what it makes.
  std::unique_ptr<client::ApiClient> Client();

  std::optional<Clock::WallTime> agent_time;
  client::Caller caller;  ///< Of the last client made.

 private:
  friend class ScriptedClient;
  struct Step {
    std::string operation;
    Result<Value> answer;
  };
  std::deque<Step> script_;
  std::deque<Reads> streams_;
  std::vector<client::Request> calls_;
  std::string download_;
};

}  // namespace notify::cli::testing_support
