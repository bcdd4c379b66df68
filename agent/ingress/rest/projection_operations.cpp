#include "agent/ingress/rest/projection_operations.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::json;
using projection::kMetricsName;
using projection::Projections;

constexpr std::uint64_t kMaxBody = 64 << 10;
constexpr std::string_view kList = "projections";

/// `fromRetained` of the query.
Result<Projections::From> FromOf(const Call& call) {
  const std::string text = call.head().Query("fromRetained").value_or("false");
  if (text == "true") return Projections::From::kRetained;
  if (text == "false") return Projections::From::kFirst;
  return Fail(Errc::kInvalidArgument, "'fromRetained' must be true or false.");
}

Error BuiltIn(std::string_view what) {
  return Fail(Errc::kConflict,
              "The projection 'metrics' is built in and cannot be " + std::string(what) + ".");
}

std::string ItemJson(const projection::KeyState& item) {
  std::string text = "{\"key\":";
  AppendJsonString(text, item.key);
  text += ",\"sequence\":" + std::to_string(item.sequence) + ",\"state\":" + item.state + "}";
  return text;
}

class Projecting {
 public:
  explicit Projecting(ProjectionOperationParts parts) : parts_(parts) {}

  async::Task<Result<Response>> Put(Call& call, bool replace) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto from = FromOf(call);
    if (!from) co_return from.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto definition = projection::ParseDefinition(*body, call.Parameter("id"));
    if (!definition) co_return definition.error();
    const std::string name = definition->name;
    async::Task<Result<std::string>> putting =
        replace ? parts_.projections.Put(*tenant, std::move(*definition), *from)
                : parts_.projections.Create(*tenant, std::move(*definition), *from);
    auto put = co_await putting;
    Note(parts_.audit, call, replace ? "projection.put" : "projection.create", "projection:" + name,
         put);
    if (!put) co_return put.error();
    co_return Json(std::move(*put), replace ? 200 : 201);
  }

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const auto place = CursorPlace(call, kList);
    if (!place) co_return place.error();
    std::vector<std::string> items;
    // The built-in one stands before those of the tenant.
    if (!*place && parts_.metrics_on) {
      auto standing = co_await parts_.metrics.Standing(*tenant);
      if (!standing) co_return standing.error();
      items.push_back(std::move(*standing));
    }
    const std::size_t room = *limit - items.size();
    auto listed = co_await parts_.projections.List(*tenant, place->value_or(""), room + 1);
    if (!listed) co_return listed.error();
    const bool more = listed->size() > room;
    if (more) listed->pop_back();
    std::string last = place->value_or("");
    for (Projections::Listed& one : *listed) {
      last = std::move(one.name);
      items.push_back(std::move(one.json));
    }
    // A name is never a single space, so that a list that begins behind the built-in one can.
    if (last.empty()) last = " ";
    co_return ListResponse(items, more ? NextCursor(call, kList, last) : std::string());
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("id"));
    const bool built_in = name == kMetricsName && parts_.metrics_on;
    async::Task<Result<std::string>> getting =
        built_in ? parts_.metrics.Standing(*tenant) : parts_.projections.Get(*tenant, name);
    auto found = co_await getting;
    if (!found) co_return found.error();
    co_return Json(std::move(*found));
  }

  async::Task<Result<Response>> Delete(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("id"));
    if (name == kMetricsName) co_return BuiltIn("deleted");
    auto deleted = co_await parts_.projections.Delete(*tenant, name);
    Note(parts_.audit, call, "projection.delete", "projection:" + name, deleted);
    if (!deleted) co_return deleted.error();
    co_return Json(json{{"id", name}, {"deleted", true}}.dump());
  }

  async::Task<Result<Response>> Rebuild(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto from = FromOf(call);
    if (!from) co_return from.error();
    const std::string name(call.Parameter("id"));
    const bool built_in = name == kMetricsName && parts_.metrics_on;
    async::Task<Result<std::string>> rebuilding =
        built_in ? parts_.metrics.BeginRebuild(*tenant, *from == Projections::From::kRetained)
                 : parts_.projections.Rebuild(*tenant, name, *from);
    auto begun = co_await rebuilding;
    Note(parts_.audit, call, "projection.rebuild", "projection:" + name, begun);
    if (!begun) co_return begun.error();
    co_return Json(std::move(*begun), 202);
  }

  async::Task<Result<Response>> State(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("id"));
    if (name == kMetricsName) {
      co_return Fail(Errc::kInvalidArgument, "What metrics counted is asked for by metric.",
                     "notifyctl metric query events --by type");
    }
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const std::string list = std::string(kList) + "/" + name;
    const auto place = CursorPlace(call, list);
    if (!place) co_return place.error();
    Projections::Query query;
    query.key = call.head().Query("key");
    query.limit = *limit;
    query.after = FromBase64Url(place->value_or("")).value_or("");
    auto answer = co_await parts_.projections.Ask(*tenant, name, std::move(query));
    if (!answer) co_return answer.error();
    std::string out = "{\"items\":[";
    for (const projection::KeyState& item : answer->items) {
      if (out.back() != '[') out += ',';
      out += ItemJson(item);
    }
    out += "],\"next\":";
    if (answer->next.empty()) {
      out += "null";
    } else {
      AppendJsonString(out, NextCursor(call, list, ToBase64Url(answer->next)));
    }
    out += ",\"position\":" + PositionJson(answer->position) +
           ",\"head\":" + PositionJson(answer->head) + "}";
    co_return Json(std::move(out));
  }

 private:
  const ProjectionOperationParts parts_;
};

}  // namespace

void AddProjectionOperations(Operations& operations, ProjectionOperationParts parts) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Projecting>(parts);
  operations.Add("listProjections", [shared](Call& call) { return shared->List(call); });
  operations.Add("createProjection", [shared](Call& call) { return shared->Put(call, false); });
  operations.Add("getProjection", [shared](Call& call) { return shared->Get(call); });
  operations.Add("putProjection", [shared](Call& call) { return shared->Put(call, true); });
  operations.Add("deleteProjection", [shared](Call& call) { return shared->Delete(call); });
  operations.Add("rebuildProjection", [shared](Call& call) { return shared->Rebuild(call); });
  operations.Add("queryProjection", [shared](Call& call) { return shared->State(call); });
}

}  // namespace notify::agent::ingress::rest
