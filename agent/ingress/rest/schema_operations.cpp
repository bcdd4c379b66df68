#include "agent/ingress/rest/schema_operations.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"

namespace notify::agent::ingress::rest {
namespace {

using schema::SchemaDraft;
using schema::StoredSchema;

// A schema that is sent inside a string may take twice its bytes.
constexpr std::uint64_t kMaxBody = 4 * ::notify::schema::kMaxSchemaBytes;

Result<std::int64_t> VersionOf(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (ec == std::errc() && end == text.data() + text.size() && version > 0) return version;
  return Fail(Errc::kInvalidArgument, "A version is a whole number from 1.");
}

class SchemaCalls {
 public:
  SchemaCalls(schema::Schemas& schemas, schema::Upcasting& upcasting, pipeline::Intake& intake,
              AuditSink& audit)
      : schemas_(schemas), upcasting_(upcasting), intake_(intake), audit_(audit) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    std::string after = call.head().Query("cursor").value_or("");
    // One more than asked for says whether there is a next page.
    auto found = co_await schemas_.List(*tenant, std::move(after), *limit + 1);
    if (!found) co_return found.error();
    const bool more = found->size() > *limit;
    if (more) found->pop_back();
    std::vector<std::string> items;
    for (const StoredSchema& one : *found) items.push_back(SchemaItemJson(one));
    co_return ListResponse(items, more ? std::string_view(found->back().type) : "");
  }

  async::Task<Result<Response>> Get(Call& call) {
    std::optional<std::int64_t> version;
    if (const auto named = call.head().Query("version")) {
      const auto number = VersionOf(*named);
      if (!number) co_return number.error();
      version = *number;
    }
    auto found = co_await Find(call, version);
    if (!found) co_return found.error();
    co_return Json(SchemaJson(*found, false));
  }

  async::Task<Result<Response>> GetText(Call& call) {
    const auto number = VersionOf(call.Parameter("version"));
    if (!number) co_return number.error();
    auto found = co_await Find(call, *number);
    if (!found) co_return found.error();
    Response response;
    response.content_type = "application/schema+json";
    response.body = std::move(found->text);
    co_return response;
  }

  async::Task<Result<Response>> Create(Call& call) {
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto draft = schema::ParseSchemaDraft(*body);
    if (!draft) co_return draft.error();
    co_return co_await Write(call, std::move(*draft), "schema.create", 201);
  }

  /// The body is the schema itself, so that the lines of its text are those of the caller's file.
  async::Task<Result<Response>> Put(Call& call, bool dry_run) {
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    SchemaDraft draft;
    draft.type = call.Parameter("id");
    draft.text = std::move(*body);
    draft.compatibility = call.head().Query("compatibility").value_or("");
    if (!dry_run) co_return co_await Write(call, std::move(draft), "schema.put", 200);
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto checked = co_await schemas_.Put(*tenant, std::move(draft), true);
    if (!checked) co_return checked.error();
    const StoredSchema& next = checked->schema;
    co_return Json("{\"valid\":true,\"version\":" + std::to_string(next.version) +
                   ",\"compatibility\":\"" +
                   std::string(::notify::schema::CompatibilityName(next.rule)) +
                   "\",\"created\":" + (checked->created ? "true}" : "false}"));
  }

  async::Task<Result<Response>> Remove(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string type(call.Parameter("id"));
    const auto removed = co_await schemas_.Delete(*tenant, type);
    Note(audit_, call, "schema.delete", type, removed);
    if (!removed) co_return removed.error();
    // They lift between versions that are gone.
    if (auto gone = co_await upcasting_.DeleteAll(*tenant, type); !gone) co_return gone.error();
    co_return Json("{\"id\":\"" + type + "\",\"deleted\":true}");
  }

  async::Task<Result<Response>> Validate(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    const std::size_t io = call.exchange.io_index();
    EventParser::Request request;
    request.tenant = tenant->id().text();
    const auto parsed = intake_.parser(io).ParseOne(*body, request);
    if (!parsed) co_return parsed.error();
    auto schemas = co_await schemas_.Of(io, *tenant);
    if (!schemas) co_return schemas.error();
    EventView event;
    ReadRecord(parsed->batch.Record(0), event);
    if (event.type != call.Parameter("id")) {
      co_return Fail(Errc::kInvalidArgument, "The event's type is not the schema's.");
    }
    if (*schemas == nullptr || (*schemas)->Find(event.type) == nullptr) {
      co_return Fail(Errc::kNotFound,
                     "There is no schema of type '" + std::string(event.type) + "'.",
                     "notifyctl schema list");
    }
    std::size_t steps = 0;
    const auto fits = (*schemas)->Check(event, steps);
    if (!fits) co_return fits.error();
    co_return Json("{\"valid\":true}");
  }

 private:
  async::Task<Result<StoredSchema>> Find(Call& call, std::optional<std::int64_t> version) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    co_return co_await schemas_.Get(*tenant, std::string(call.Parameter("id")), version);
  }

  async::Task<Result<Response>> Write(Call& call, SchemaDraft draft, std::string action,
                                      int status) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    std::string type = draft.type.substr(0, 255);
    const auto put = co_await schemas_.Put(*tenant, std::move(draft));
    Note(audit_, call, std::move(action), std::move(type), put);
    if (!put) co_return put.error();
    co_return Json(SchemaJson(put->schema, put->created), put->created ? status : 200);
  }

  schema::Schemas& schemas_;
  schema::Upcasting& upcasting_;
  pipeline::Intake& intake_;
  AuditSink& audit_;
};

}  // namespace

void AddSchemaOperations(Operations& operations, schema::Schemas& schemas,
                         schema::Upcasting& upcasting, pipeline::Intake& intake, AuditSink& audit) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<SchemaCalls>(schemas, upcasting, intake, audit);
  operations.Add("listSchemas", [shared](Call& c) { return shared->List(c); });
  operations.Add("createSchema", [shared](Call& c) { return shared->Create(c); });
  operations.Add("getSchema", [shared](Call& c) { return shared->Get(c); });
  operations.Add("putSchema", [shared](Call& c) { return shared->Put(c, false); });
  operations.Add("deleteSchema", [shared](Call& c) { return shared->Remove(c); });
  operations.Add("getSchemaVersion", [shared](Call& c) { return shared->GetText(c); });
  operations.Add("checkSchema", [shared](Call& c) { return shared->Put(c, true); });
  operations.Add("validateEvent", [shared](Call& c) { return shared->Validate(c); });
}

}  // namespace notify::agent::ingress::rest
