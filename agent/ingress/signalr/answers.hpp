#pragma once

#include <string>

#include "agent/ingress/http/exchange.hpp"

/// Answers of the hub's HTTP side. Threads: any.
namespace notify::agent::ingress::signalr {

/// A text for people; clients look at the status.
Response Plain(int status, std::string text);
/// problem+json, with the correlation id of the request that runs.
Response Problem(const Error& error);
/// With what CORS wants on it.
Response WithCors(const Exchange& exchange, Response response);
/// The answer to a poll.
Response PollAnswer(int status, std::string body);

/// The heads of answers that last.
/// `extensions` may be empty.
std::string WebSocketHead(const std::string& accept, const std::string& extensions);
std::string EventStreamHead(const Exchange& exchange, Clock::WallTime now);

}  // namespace notify::agent::ingress::signalr
