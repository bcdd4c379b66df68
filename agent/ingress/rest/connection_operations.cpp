#include "agent/ingress/rest/connection_operations.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/hub/own_methods.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/connection_json.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "common/model/object_reader.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxBody = 320 << 10;
constexpr std::size_t kMostArguments = 32;
constexpr std::uint64_t kMostTimeoutMs = 30'000;
constexpr std::uint64_t kDefaultTimeoutMs = 10'000;
constexpr std::array<std::string_view, 4> kTransports = {"websockets", "serversentevents",
                                                         "longpolling", "sse"};
constexpr std::string_view kEnded = "The connection was ended by an operator.";

Error NoSuch() {
  return Fail(Errc::kNotFound, "The tenant has no such connection.",
              "`notifyctl connection list` shows those that there are.");
}

/// `{"allowReconnect": bool, "reason": text}`; a client that may come again is told no reason.
Result<hub::Farewell> ReadKick(const std::string& body) {
  const auto document = ParseJsonObject(body.empty() ? "{}" : body);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  hub::Farewell farewell;
  farewell.allow_reconnect = reader.Flag("allowReconnect", true);
  std::string reason = reader.Text("reason", std::string(kEnded), 200);
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  if (!farewell.allow_reconnect) farewell.error = std::move(reason);
  return farewell;
}

struct Question {
  std::string method;
  std::vector<std::string> arguments;
  Clock::Duration limit{};
};

Result<Question> ReadQuestion(const std::string& body) {
  const auto document = ParseJsonObject(body);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  Question question;
  question.method = reader.RequiredText("method");
  if (hub::IsOwnMethod(question.method)) {
    reader.Refuse("method", "is one of the agent's own methods");
  }
  if (const json* arguments = reader.Optional("arguments")) {
    if (arguments->is_array() && arguments->size() <= kMostArguments) {
      for (const json& each : *arguments) question.arguments.push_back(each.dump());
    } else {
      reader.Refuse("arguments",
                    "must be an array of at most " + std::to_string(kMostArguments) + " values");
    }
  }
  std::uint64_t timeout = kDefaultTimeoutMs;
  if (const json* value = reader.Optional("timeoutMs")) {
    timeout = value->is_number_unsigned() ? value->get<std::uint64_t>() : 0;
    if (timeout < 1 || timeout > kMostTimeoutMs) {
      reader.Refuse("timeoutMs",
                    "must be a whole number from 1 to " + std::to_string(kMostTimeoutMs));
      timeout = 1;
    }
  }
  question.limit = std::chrono::milliseconds(timeout);
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return question;
}

class Connecting {
 public:
  explicit Connecting(ConnectionParts parts) : parts_(parts) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const auto place = CursorPlace(call, "connections");
    if (!place) co_return place.error();
    hub::ConnectionQuery query;
    query.user = call.head().Query("user").value_or("");
    query.transport = call.head().Query("transport").value_or("");
    query.after = place->value_or("");
    query.limit = *limit + 1;
    if (!query.transport.empty() &&
        std::ranges::find(kTransports, query.transport) == kTransports.end()) {
      co_return Fail(Errc::kInvalidArgument, "'transport' names no transport.",
                     "Use websockets, serversentevents, longpolling or sse.");
    }
    const auto head = co_await HeadOf(*tenant);
    if (!head) co_return head.error();
    auto listed = co_await parts_.connections.List(*tenant, std::move(query));
    std::string next;
    if (listed.size() > *limit) {
      listed.resize(*limit);
      next = NextCursor(call, "connections", listed.back().id);
    }
    std::vector<std::string> items;
    items.reserve(listed.size());
    for (const auto& entry : listed) items.push_back(ConnectionJson(entry, *head));
    co_return ListResponse(items, next);
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto head = co_await HeadOf(*tenant);
    if (!head) co_return head.error();
    const auto found = co_await parts_.connections.Find(*tenant, std::string(call.Parameter("id")));
    if (!found) co_return NoSuch();
    co_return Json(ConnectionJson(*found, *head));
  }

  async::Task<Result<Response>> Delete(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    hub::Farewell farewell;
    farewell.error = std::string(kEnded);
    auto kicked = co_await KickOne(call, *tenant, std::move(farewell));
    if (!kicked) co_return kicked.error();
    co_return Json(json{{"id", std::string(call.Parameter("id"))}, {"deleted", true}}.dump());
  }

  async::Task<Result<Response>> Kick(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto farewell = ReadKick(*body);
    if (!farewell) co_return farewell.error();
    const bool again = farewell->allow_reconnect;
    auto kicked = co_await KickOne(call, *tenant, std::move(*farewell));
    if (!kicked) co_return kicked.error();
    json answer{{"id", std::string(call.Parameter("id"))}, {"kicked", true}};
    answer["allowReconnect"] = again;
    co_return Json(answer.dump());
  }

  async::Task<Result<Response>> Invoke(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const std::string id(call.Parameter("id"));
    auto question = ReadQuestion(*body);
    if (!question) co_return question.error();
    std::string target = "connection:" + id + " " + question->method;
    async::Task<Result<std::string>> asking = parts_.connections.Ask(
        *tenant, id, std::move(question->method), std::move(question->arguments), question->limit);
    auto answer = co_await std::move(asking);
    Note(parts_.audit, call, "connection.invoke", std::move(target), answer);
    if (!answer && answer.error().code == Errc::kNotFound) co_return NoSuch();
    if (!answer) co_return answer.error();
    co_return Json("{\"result\":" + *answer + "}");
  }

 private:
  async::Task<Result<Position>> HeadOf(TenantHandle tenant) {
    auto head = co_await parts_.log.Head(std::move(tenant));
    if (!head) co_return head.error();
    co_return Position{head->epoch, head->last};
  }

  async::Task<Status> KickOne(Call& call, TenantHandle tenant, hub::Farewell farewell) {
    const std::string id(call.Parameter("id"));
    const bool kicked =
        co_await parts_.connections.Kick(std::move(tenant), id, std::move(farewell));
    Status done;
    if (!kicked) done = NoSuch();
    Note(parts_.audit, call, "connection.kick", "connection:" + id, done);
    co_return done;
  }

  const ConnectionParts parts_;
};

}  // namespace

void AddConnectionOperations(Operations& operations, ConnectionParts parts) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Connecting>(parts);
  operations.Add("listConnections", [shared](Call& call) { return shared->List(call); });
  operations.Add("getConnection", [shared](Call& call) { return shared->Get(call); });
  operations.Add("deleteConnection", [shared](Call& call) { return shared->Delete(call); });
  operations.Add("kickConnection", [shared](Call& call) { return shared->Kick(call); });
  operations.Add("invokeConnection", [shared](Call& call) { return shared->Invoke(call); });
}

}  // namespace notify::agent::ingress::rest
