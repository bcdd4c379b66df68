#include "agent/ingress/rest/upcast_operations.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "common/json_text.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::uint64_t kMaxUpcaster = schema::Upcaster::kMostBytes;
constexpr std::uint64_t kMaxData = 256 << 10;

Result<std::int64_t> VersionIn(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (ec == std::errc() && end == text.data() + text.size() && version > 0) return version;
  return Fail(Errc::kInvalidArgument, "A version is a whole number from 1.");
}

Error NoUpcaster(const std::string& type) {
  return Fail(Errc::kNotFound,
              "Type '" + type.substr(0, 64) + "' has no upcaster from that version.",
              "notifyctl schema upcast list " + type.substr(0, 64));
}

class UpcastCalls {
 public:
  UpcastCalls(schema::Upcasting& upcasting, AuditSink& audit)
      : upcasting_(upcasting), audit_(audit) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto shown = co_await upcasting_.List(*tenant, std::string(call.Parameter("id")));
    if (!shown) co_return shown.error();
    co_return ListResponse(*shown, "");
  }

  async::Task<Result<Response>> Put(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto from = VersionIn(call.Parameter("version"));
    if (!from) co_return from.error();
    auto body = co_await call.exchange.ReadBody(kMaxUpcaster);
    if (!body) co_return body.error();
    const std::string type(call.Parameter("id"));
    auto put = co_await upcasting_.Put(*tenant, type, *from, std::move(*body));
    Note(audit_, call, "upcaster.put", type + " from " + std::to_string(*from), put);
    if (!put) co_return put.error();
    co_return Json(std::move(*put));
  }

  async::Task<Result<Response>> Delete(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto from = VersionIn(call.Parameter("version"));
    if (!from) co_return from.error();
    const std::string type(call.Parameter("id"));
    auto deleted = co_await upcasting_.Delete(*tenant, type, *from);
    Note(audit_, call, "upcaster.delete", type + " from " + std::to_string(*from), deleted);
    if (!deleted) co_return deleted.error();
    co_return Json("{\"id\":\"" + type + "\",\"from\":" + std::to_string(*from) +
                   ",\"deleted\":true}");
  }

  /// The body is data of an event of version `?from=`.
  async::Task<Result<Response>> Try(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto upcasters = co_await upcasting_.Of(*tenant);
    if (!upcasters) co_return upcasters.error();
    const std::string type(call.Parameter("id"));
    const auto* chain = *upcasters == nullptr ? nullptr : (*upcasters)->Find(type);
    if (chain == nullptr) co_return NoUpcaster(type);
    const auto from = VersionIn(call.head().Query("from").value_or(""));
    if (!from) co_return from.error();
    if (!chain->steps.contains(*from)) co_return NoUpcaster(type);
    auto body = co_await call.exchange.ReadBody(kMaxData);
    if (!body) co_return body.error();
    auto data = JsonValue::Parse(*body);
    if (!data) co_return data.error();
    std::int64_t version = *from;
    for (auto step = chain->steps.find(version); step != chain->steps.end();
         step = chain->steps.find(++version)) {
      if (auto applied = step->second.upcaster.Apply(*data); !applied) {
        applied.error().detail.insert(0, "Version " + std::to_string(version) + ": ");
        co_return applied.error();
      }
    }
    co_return Json("{\"from\":" + std::to_string(*from) + ",\"to\":" + std::to_string(version) +
                   ",\"data\":" + data->Compact() + "}");
  }

 private:
  schema::Upcasting& upcasting_;
  AuditSink& audit_;
};

}  // namespace

void AddUpcastOperations(Operations& operations, schema::Upcasting& upcasting, AuditSink& audit) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<UpcastCalls>(upcasting, audit);
  operations.Add("listUpcasters", [shared](Call& call) { return shared->List(call); });
  operations.Add("putUpcaster", [shared](Call& call) { return shared->Put(call); });
  operations.Add("deleteUpcaster", [shared](Call& call) { return shared->Delete(call); });
  operations.Add("tryUpcasters", [shared](Call& call) { return shared->Try(call); });
}

}  // namespace notify::agent::ingress::rest
