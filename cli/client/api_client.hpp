#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/client/endpoint.hpp"
#include "cli/client/event_source.hpp"
#include "cli/value.hpp"
#include "common/api/routes.hpp"
#include "common/clock.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::cli::client {

/// One call of an operation of the HTTP API.
struct Request {
  std::string operation;  ///< An operation of common/api/routes.
  api::PathParameters path;
  std::vector<std::pair<std::string, std::string>> query;    ///< Encoded by the client.
  std::vector<std::pair<std::string, std::string>> headers;  ///< Besides the client's own.
  std::string accept;  ///< Media type; empty: the one that the call reads by itself.
  std::string content_type = "application/json";
  std::string body;      ///< Empty: none.
  bool chunked = false;  ///< The body follows; see Upload.

  /// Adds a query parameter unless `value` is empty.
  Request& With(std::string name, const std::string& value) {
    if (!value.empty()) query.emplace_back(std::move(name), value);
    return *this;
  }
};

class OrderedCalls;

/// The body of an answer as it comes, for what is too large for memory.
///
/// Threads: one at a time.
class Download {
 public:
  virtual ~Download() = default;
  /// What has come; empty at the body's end. kTimeout where nothing came within the limit of the
  /// call, kInterrupted where `interrupt` (a descriptor, -1 for none) became readable,
  /// kAgentUnreachable where it was cut off.
  virtual Result<std::string> Read(int interrupt) = 0;
  /// A header of the answer; empty where it has none of that name.
  virtual std::string Header(const std::string& name) const = 0;
};

/// Gives the body of a request, for one that is too large for memory: the next bytes, none at the
/// end.
using UploadSource = std::function<Result<std::string>()>;

/// The HTTP API of one agent.
///
/// Threads: one at a time.
class ApiClient {
 public:
  virtual ~ApiClient() = default;

  /// Calls and waits. A 2xx answer's JSON (null where it has none; a string where it is not JSON);
  /// the agent's Error for the others; kAgentUnreachable and kTimeout where there is no answer.
  virtual Result<Value> Call(const Request& request) = 0;

  /// Opens a stream of server-sent events. Errors as Call.
  virtual Result<std::unique_ptr<EventSource>> Open(const Request& request) = 0;

  /// Calls, and gives the answer's body as it comes. Errors as Call.
  virtual Result<std::unique_ptr<Download>> Fetch(const Request& request) = 0;

  /// Calls with a body that comes from `source`. Errors as Call, and the source's own. What the
  /// agent refuses before it has all of it is sent no further.
  virtual Result<Value> Upload(Request request, const UploadSource& source) = 0;

  /// Of the last failed answer; empty where it had none.
  virtual std::string correlation_id() const = 0;

  /// The agent's clock as its last answer said it (whole seconds), if it did.
  virtual std::optional<Clock::WallTime> agent_time() const = 0;

  /// Where the agent is, for messages.
  virtual std::string endpoint() const = 0;

  /// Connects for calls that are sent before the ones before them are answered. They live no longer
  /// than this client. kAgentUnreachable where nobody answers.
  virtual Result<std::unique_ptr<OrderedCalls>> Ordered() = 0;
};

/// Who calls, for which tenant, and how long an answer may take.
struct Caller {
  Secret token;        ///< `Authorization: Bearer`; empty: none, as the Unix socket needs none.
  std::string tenant;  ///< `X-Tenant`; empty: what the credential says.
  std::chrono::milliseconds limit{30'000};
};

/// The client of a real agent. Connects with the first call and keeps the connection; a call that
/// fails on a kept connection before any byte of the answer is tried once more on a new one, if it
/// is safe to repeat.
std::unique_ptr<ApiClient> MakeApiClient(Endpoint endpoint, Caller caller);

}  // namespace notify::cli::client
