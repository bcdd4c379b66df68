#include "agent/ingress/signalr/answers.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "agent/async/tenant_context.hpp"
#include "agent/ingress/http/cors.hpp"
#include "agent/ingress/http/date.hpp"
#include "common/http/problem.hpp"

namespace notify::agent::ingress::signalr {

Response Plain(int status, std::string text) {
  Response response;
  response.status = status;
  response.content_type = "text/plain";
  response.body = std::move(text);
  return response;
}

Response Problem(const Error& error) {
  const auto* context = async::TenantContext::Current();
  Response response;
  response.status = Describe(error.code).http_status;
  response.content_type = http::kProblemContentType;
  response.body = http::ProblemJson(error, context != nullptr ? context->correlation_id : "");
  if (error.retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count();
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
  }
  return response;
}

Response WithCors(const Exchange& exchange, Response response) {
  if (const auto origin = exchange.head().Header("Origin")) {
    for (auto& header : CorsHeaders(*origin)) response.headers.push_back(std::move(header));
  }
  return response;
}

Response PollAnswer(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = body.empty() ? "" : "application/octet-stream";
  response.body = std::move(body);
  response.headers = {{"Cache-Control", "no-cache, no-store"},
                      {"Pragma", "no-cache"},
                      {"Expires", "Thu, 01 Jan 1970 00:00:00 GMT"}};
  return response;
}

std::string WebSocketHead(const std::string& accept, const std::string& extensions) {
  std::vector<std::pair<std::string, std::string>> headers = {
      {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}};
  if (!extensions.empty()) headers.emplace_back("Sec-WebSocket-Extensions", extensions);
  std::string head;
  AppendResponseHead(head, 101, {}, headers, std::nullopt, true);
  return head;
}

std::string EventStreamHead(const Exchange& exchange, Clock::WallTime now) {
  std::vector<std::pair<std::string, std::string>> headers;
  if (const auto origin = exchange.head().Header("Origin")) headers = CorsHeaders(*origin);
  headers.emplace_back("Cache-Control", "no-cache,no-store");
  headers.emplace_back("Pragma", "no-cache");
  headers.emplace_back("Content-Encoding", "identity");
  headers.emplace_back("X-Accel-Buffering", "no");
  headers.emplace_back("Date", HttpDate(now));
  std::string head;
  AppendResponseHead(head, 200, "text/event-stream", headers, std::nullopt, false);
  return head;
}

}  // namespace notify::agent::ingress::signalr
