#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/result.hpp"

namespace notify::cli::client {

/// The server called a method of ours. Where it wanted a result, it has it already.
struct HubCall {
  std::string method;
  std::vector<std::string> arguments;  ///< JSON.
  bool wants_result = false;
};

/// An item of a stream that we asked for.
struct HubItem {
  std::string id;    ///< Of the invocation.
  std::string item;  ///< JSON.
};

/// An invocation or a stream of ours ended.
struct HubDone {
  std::string id;
  Result<std::optional<std::string>> outcome;  ///< JSON; nothing where there is no result.
};

/// The connection is gone and is being made again. What waited for an answer has failed.
struct HubLost {
  std::string why;
};

/// There is a connection again: a new one, of which the server knows nothing.
struct HubReconnected {
  std::string connection_id;
};

/// The server ended the connection for good. Nothing follows.
struct HubClosed {
  std::optional<std::string> error;
};

using HubEvent = std::variant<HubCall, HubItem, HubDone, HubLost, HubReconnected, HubClosed>;

/// What a hub's error text stands for: the agent's `<code>: <sentence>`, or any server's words.
Error HubError(const std::string& text);

}  // namespace notify::cli::client
