#include "agent/ingress/rest/kept_answers.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/ingress/rest/body_exchange.hpp"
#include "agent/ingress/rest/helping_command.hpp"
#include "common/api/kept_answers.hpp"
#include "common/encoding.hpp"
#include "common/http/problem.hpp"
#include "common/log.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
// A request that has not ended by then never will.
constexpr std::chrono::minutes kServedAtMost{10};

constexpr std::array<std::string_view, 1> kKeySteps = {
    "CREATE TABLE ingress_answer_key(one INTEGER PRIMARY KEY CHECK(one=1), wrapped BLOB NOT NULL)"};
constexpr store::StageSchema kKeySchema{"ingress_key", kKeySteps};

Result<Secret> PlatformKey(store::Database& platform, store::Keyring& keyring, Random& random) {
  if (auto migrated = platform.Migrate(kKeySchema); !migrated) return std::move(migrated.error());
  const store::KeyName name{.tenant = TenantId(), .purpose = "answers"};
  std::string wrapped;
  auto read = platform.Query("SELECT wrapped FROM ingress_answer_key", {},
                             [&wrapped](const store::Row& row) {
                               wrapped = row.Bytes(0);
                               return false;
                             });
  if (!read) return std::move(read.error());
  if (!wrapped.empty()) return keyring.master().Unwrap(name, wrapped);
  Secret key = store::NewKey(random);
  wrapped = keyring.master().Wrap(random, name, key);
  const auto kept =
      platform.Run("INSERT INTO ingress_answer_key VALUES(1, ?1)", {store::Blob{wrapped}});
  if (!kept) return kept.error();
  return key;
}

void Add(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

Result<std::string_view> KeyOf(const RequestHead& head) {
  const auto key = head.Header(kHeader).value_or("");
  const bool printable = std::ranges::all_of(key, [](char c) { return c >= ' ' && c <= '~'; });
  if (key.empty() || key.size() > 255 || !printable || head.CountHeader(kHeader) > 1) {
    return Fail(Errc::kInvalidArgument,
                "'Idempotency-Key' must be one value of 1 to 255 printable characters.");
  }
  return key;
}

// The same key of somebody else is another one: an answer may have a secret in it.
KeyedRequest RequestOf(const Call& call, const api::Route& route, std::string_view key,
                       std::string_view body) {
  std::string name;
  Add(name, call.caller.principal.actor());
  Add(name, key);
  std::string content;
  Add(content, route.operation);
  for (const auto& [parameter, value] : call.parameters) {
    Add(content, parameter);
    Add(content, value);
  }
  Add(content, call.head().query);
  Add(content, body);
  return {Sha256(name), Sha256(content)};
}

/// The answer to keep; nothing where the same request may have another one later.
std::optional<Response> Keepable(const Result<Response>& response, std::string_view correlation) {
  if (response) {
    if (response->status >= 500 || response->status == 429) return std::nullopt;
    return *response;
  }
  const ErrcInfo& info = Describe(response.error().code);
  if (info.retryable || info.http_status >= 500) return std::nullopt;
  Error error = response.error();
  NameHelpingCommand(error);
  Response problem;
  problem.status = info.http_status;
  problem.content_type = http::kProblemContentType;
  problem.body = http::ProblemJson(error, correlation);
  return problem;
}

std::string ServedName(const std::optional<TenantHandle>& tenant, const KeyedRequest& request) {
  return (tenant ? tenant->id().text() : std::string()) + "|" + request.name;
}

}  // namespace

Result<std::unique_ptr<KeptAnswers>> KeptAnswers::Make(Parts parts) {
  if (auto migrated = parts.platform.Migrate(AnswerTable::kSchema); !migrated) {
    return std::move(migrated.error());
  }
  auto key = PlatformKey(parts.platform, parts.keyring, parts.runtime.random());
  if (!key) return std::move(key.error());
  return std::unique_ptr<KeptAnswers>(new KeptAnswers(parts, std::move(*key)));
}

bool KeptAnswers::Concerns(const api::Route& route, const RequestHead& head) {
  return api::KeepsAnswers(route) && head.CountHeader(kHeader) > 0;
}

async::Task<Result<Response>> KeptAnswers::Serve(Call& call, const api::Route& route,
                                                 const Operation& operation) {
  const auto key = KeyOf(call.head());
  if (!key) co_return key.error();
  auto body = co_await call.exchange.ReadBody(parts_.max_body_bytes);
  if (!body) co_return body.error();
  const KeyedRequest request = RequestOf(call, route, *key, *body);
  auto begun = co_await Begin(call.caller.tenant, request);
  if (!begun) co_return begun.error();
  if (*begun) co_return std::move(**begun);

  BodyExchange exchange(call.exchange, std::move(*body));
  Call inner{exchange, call.caller, call.parameters, call.correlation_id};
  auto response = co_await operation(inner);
  call.audited = inner.audited;
  // What was answered as a stream is not known here.
  const bool streamed = exchange.status() != 0;
  const auto answer = streamed ? std::nullopt : Keepable(response, call.correlation_id);
  co_await End(call.caller.tenant, request, answer ? &*answer : nullptr);
  co_return response;
}

async::Task<Result<std::optional<Response>>> KeptAnswers::Begin(std::optional<TenantHandle> tenant,
                                                                KeyedRequest request) {
  async::CallOn there(parts_.runtime.platform(), [&] { return BeginHere(tenant, request); });
  co_return co_await there;
}

async::Task<void> KeptAnswers::End(std::optional<TenantHandle> tenant, KeyedRequest request,
                                   const Response* response) {
  async::CallOn there(parts_.runtime.platform(), [&]() -> Status {
    served_now_.erase(ServedName(tenant, request));
    return response == nullptr ? Status() : KeepHere(tenant, request, *response);
  });
  const Status kept = co_await there;
  if (!kept) {
    log::Error("The answer under an Idempotency-Key could not be kept: {Reason}",
               {{"Reason", kept.error().detail}});
  }
}

Result<std::optional<Response>> KeptAnswers::BeginHere(const std::optional<TenantHandle>& tenant,
                                                       const KeyedRequest& request) {
  auto table = TableOf(tenant);
  if (!table) return std::move(table.error());
  auto given = table->Find(request.name, parts_.runtime.clock().WallNow());
  if (!given) return std::move(given.error());
  if (*given && (*given)->content != request.content) {
    return Fail(Errc::kIdempotencyKeyReused,
                "This Idempotency-Key was used for another request within the last 24 hours.",
                "Give each request a key of its own, and the same key to its repeats only.");
  }
  if (*given) {
    (*given)->response.headers.emplace_back("Idempotent-Replayed", "true");
    return std::optional(std::move((*given)->response));
  }
  const auto now = parts_.runtime.clock().Now();
  const auto [begun, first] = served_now_.try_emplace(ServedName(tenant, request), now);
  if (!first && now - begun->second < kServedAtMost) {
    Error busy = Fail(Errc::kConflict, "The first request under this Idempotency-Key is not done.",
                      "Send it again in a moment for the same answer.");
    busy.retry_after = std::chrono::seconds(1);
    return busy;
  }
  begun->second = now;
  return std::optional<Response>();
}

Status KeptAnswers::KeepHere(const std::optional<TenantHandle>& tenant, const KeyedRequest& request,
                             const Response& response) {
  auto table = TableOf(tenant);
  if (!table) return std::move(table.error());
  return table->Keep(request, response, parts_.runtime.clock().WallNow());
}

Result<AnswerTable> KeptAnswers::TableOf(const std::optional<TenantHandle>& tenant) {
  if (!tenant) return AnswerTable(parts_.platform, "", platform_key_, parts_.runtime.random());
  auto database = parts_.tenants.Open(*tenant, AnswerTable::kSchema);
  if (!database) return std::move(database.error());
  return AnswerTable(**database, tenant->id().text(), tenant->record().data_key,
                     parts_.runtime.random());
}

}  // namespace notify::agent::ingress::rest
