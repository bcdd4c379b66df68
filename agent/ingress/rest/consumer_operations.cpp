#include "agent/ingress/rest/consumer_operations.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "common/encoding.hpp"
#include "common/model/object_reader.hpp"

namespace notify::agent::ingress::rest {
namespace {

using consumer::Consumers;
using nlohmann::json;

constexpr std::uint64_t kMaxBody = 64 << 10;
constexpr std::uint64_t kMostEvents = 1000;
constexpr std::uint64_t kLongestWaitMs = 30'000;

std::uint64_t ReadNumber(ObjectReader& reader, std::string_view name, std::uint64_t fallback,
                         std::uint64_t least, std::uint64_t most) {
  const json* value = reader.Optional(name);
  if (value == nullptr) return fallback;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() >= least &&
      value->get<std::uint64_t>() <= most) {
    return value->get<std::uint64_t>();
  }
  reader.Refuse(
      name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

Result<consumer::FetchRequest> ReadFetch(const std::string& body) {
  consumer::FetchRequest request;
  const auto document = ParseJsonObject(body.empty() ? "{}" : body);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  request.max = ReadNumber(reader, "max", request.max, 1, kMostEvents);
  request.wait = std::chrono::milliseconds(ReadNumber(reader, "waitMs", 0, 0, kLongestWaitMs));
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return request;
}

/// `{"position": P}`, or P itself where it is an object.
Result<Position> ReadPosition(const std::string& body) {
  const auto document = ParseJsonObject(body);
  if (!document) return document.error();
  std::optional<Position> position;
  if (document->contains("sequence")) {
    position = consumer::PositionFromJson(*document);
  } else if (document->size() == 1 && document->contains("position")) {
    position = consumer::PositionFromJson((*document)["position"]);
  }
  if (position) return *position;
  Error error =
      Fail(Errc::kInvalidArgument,
           R"(The body is {"position": P} with P as {"epoch": E, "sequence": N} or "E-N".)");
  error.errors.push_back({"/position", "must be a position", 0});
  return error;
}

class Consuming {
 public:
  Consuming(Consumers& consumers, AuditSink& audit) : consumers_(consumers), audit_(audit) {}

  async::Task<Result<Response>> Put(Call& call, bool replace) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto draft = consumer::ParseConsumer(*body, call.Parameter("id"));
    if (!draft) co_return draft.error();
    const std::string name = draft->spec.name;
    async::Task<Result<std::string>> putting = replace
                                                   ? consumers_.Put(*tenant, std::move(*draft))
                                                   : consumers_.Create(*tenant, std::move(*draft));
    auto put = co_await putting;
    Note(audit_, call, replace ? "consumer.put" : "consumer.create", "consumer:" + name, put);
    if (!put) co_return put.error();
    co_return Json(std::move(*put), replace ? 200 : 201);
  }

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    std::string after = FromBase64Url(call.head().Query("cursor").value_or("")).value_or("");
    auto listed = co_await consumers_.List(*tenant, std::move(after), *limit + 1);
    if (!listed) co_return listed.error();
    std::vector<std::string> items;
    std::string next;
    for (Consumers::Listed& one : *listed) {
      if (items.size() == *limit) {
        next = ToBase64Url((*listed)[*limit - 1].name);
        break;
      }
      items.push_back(std::move(one.json));
    }
    co_return ListResponse(items, next);
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto found = co_await consumers_.Get(*tenant, std::string(call.Parameter("id")));
    if (!found) co_return found.error();
    co_return Json(std::move(*found));
  }

  async::Task<Result<Response>> Delete(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("id"));
    auto deleted = co_await consumers_.Delete(*tenant, name);
    Note(audit_, call, "consumer.delete", "consumer:" + name, deleted);
    if (!deleted) co_return deleted.error();
    co_return Json(json{{"id", name}, {"deleted", true}}.dump());
  }

  async::Task<Result<Response>> Fetch(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto request = ReadFetch(*body);
    if (!request) co_return request.error();
    const std::string name(call.Parameter("id"));
    auto fetched = co_await consumers_.Fetch(*tenant, name, std::move(*request));
    if (!fetched) co_return fetched.error();
    if (!fetched->items.empty() && call.exchange.PeerLeft()) {
      consumers_.TakeBackSoon(*tenant, name, std::exchange(*fetched, {}),
                              consumer::Reached::kNothing);
    }
    std::string out = "{\"items\":[";
    for (consumer::FetchedEvent& item : fetched->items) {
      if (out.back() != '[') out += ',';
      out += std::exchange(item.envelope, {});
    }
    out += "],\"position\":" + PositionJson(fetched->position);
    if (fetched->gap) out += ",\"gap\":" + GapJson(*fetched->gap);
    Response response = Json(out + "}");
    if (!fetched->items.empty()) {
      response.not_written = [&consumers = consumers_, tenant = *tenant, name,
                              given = std::move(*fetched)] {
        consumers.TakeBackSoon(tenant, name, given, consumer::Reached::kPerhaps);
      };
    }
    co_return response;
  }

  async::Task<Result<Response>> Acknowledge(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const auto position = ReadPosition(*body);
    if (!position) co_return position.error();
    auto now =
        co_await consumers_.Acknowledge(*tenant, std::string(call.Parameter("id")), *position);
    if (!now) co_return now.error();
    co_return Json("{\"position\":" + PositionJson(*now) + "}");
  }

  async::Task<Result<Response>> Refuse(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const auto position = ReadPosition(*body);
    if (!position) co_return position.error();
    auto refused =
        co_await consumers_.Refuse(*tenant, std::string(call.Parameter("id")), *position);
    if (!refused) co_return refused.error();
    co_return Json("{\"position\":" + PositionJson(refused->position) +
                   ",\"redelivered\":" + (refused->redelivered ? "true" : "false") +
                   ",\"deadLettered\":" + (refused->dead_lettered ? "true" : "false") + "}");
  }

 private:
  Consumers& consumers_;
  AuditSink& audit_;
};

}  // namespace

void AddConsumerOperations(Operations& operations, Consumers& consumers, AuditSink& audit) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Consuming>(consumers, audit);
  operations.Add("listConsumers", [shared](Call& call) { return shared->List(call); });
  operations.Add("createConsumer", [shared](Call& call) { return shared->Put(call, false); });
  operations.Add("getConsumer", [shared](Call& call) { return shared->Get(call); });
  operations.Add("putConsumer", [shared](Call& call) { return shared->Put(call, true); });
  operations.Add("deleteConsumer", [shared](Call& call) { return shared->Delete(call); });
  operations.Add("fetchConsumer", [shared](Call& call) { return shared->Fetch(call); });
  operations.Add("ackConsumer", [shared](Call& call) { return shared->Acknowledge(call); });
  operations.Add("nackConsumer", [shared](Call& call) { return shared->Refuse(call); });
}

}  // namespace notify::agent::ingress::rest
