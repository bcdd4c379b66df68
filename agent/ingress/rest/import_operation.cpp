#include "agent/ingress/rest/import_operation.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/batch_body.hpp"
#include "common/json_text.hpp"

namespace notify::agent::ingress::rest {
namespace {

constexpr std::size_t kLongestId = 128;
constexpr std::uint64_t kLargestLine = (1ULL << 53U) - 1;

/// What the query says. The rules' views point into the other members.
struct Query {
  std::string id;
  std::string from_tenant;
  std::uint64_t first_line = 1;
  bool fire_triggers = false;
  bool stop = false;
  bool dry_run = false;

  ImportRules Rules() const {
    return {.id = id,
            .first_line = first_line,
            .from_tenant = from_tenant,
            .fire_triggers = fire_triggers};
  }
};

bool IsImportId(std::string_view id) {
  return id.size() <= kLongestId && std::ranges::all_of(id, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

Result<Query> QueryOf(const Call& call) {
  const RequestHead& head = call.head();
  Query query;
  query.id = head.Query("import").value_or("");
  if (!IsImportId(query.id)) {
    return Fail(Errc::kInvalidArgument,
                "'import' must be up to 128 of A-Z, a-z, 0-9, '.', '_', '-'.");
  }
  query.from_tenant = head.Query("fromTenant").value_or("");
  if (const auto line = head.Query("line")) {
    const auto [end, ec] =
        std::from_chars(line->data(), line->data() + line->size(), query.first_line);
    if (ec != std::errc{} || end != line->data() + line->size() || query.first_line < 1 ||
        query.first_line > kLargestLine) {
      return Fail(Errc::kInvalidArgument, "'line' must be a whole number from 1.");
    }
  }
  const auto flag = [&head](std::string_view name, bool& into) -> Status {
    const std::string text = head.Query(name).value_or("false");
    if (text != "true" && text != "false") {
      return Fail(Errc::kInvalidArgument, "'" + std::string(name) + "' must be true or false.");
    }
    into = text == "true";
    return {};
  };
  if (auto read = flag("fireTriggers", query.fire_triggers); !read) return read.error();
  if (auto read = flag("dryRun", query.dry_run); !read) return read.error();
  const std::string on_error = head.Query("onError").value_or("skip");
  if (on_error != "skip" && on_error != "stop") {
    return Fail(Errc::kInvalidArgument, "'onError' must be skip or stop.");
  }
  query.stop = on_error == "stop";
  return query;
}

// The agent's own events stand in every export: they are left out, and nobody's mistake.
bool IsMistake(const RejectedEvent& event) { return event.code != Errc::kTypeReserved; }

// What stands behind the first bad event goes with it. There is one.
void CutAtFirstMistake(ParsedEvents& events) {
  std::ranges::stable_sort(events.rejected, {}, &RejectedEvent::index);
  const auto mistake = std::ranges::find_if(events.rejected, IsMistake);
  const RejectedEvent& first = *mistake;
  const auto kept = std::ranges::lower_bound(events.indices, first.index) - events.indices.begin();
  const auto count = static_cast<std::size_t>(kept);
  if (count < events.batch.size()) {
    events.batch.records.resize(events.batch.offsets[count]);
    events.batch.offsets.resize(count);
    events.indices.resize(count);
    events.has_caller_id.resize(count);
    if (!events.expected.empty()) events.expected.resize(count);
  }
  events.rejected.erase(mistake + 1, events.rejected.end());
}

/// Which line of the body event `index` stands on, from 0; in an array its index.
std::size_t LineOf(BatchReading::Format format, std::string_view body, std::size_t index) {
  if (format == BatchReading::Format::kArray) return index;
  std::size_t line = 0;
  for (std::size_t events = 0; !body.empty(); ++line) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const bool empty = body.substr(0, end).find_first_not_of(" \t\r") == std::string_view::npos;
    if (!empty && events++ == index) break;
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return line;
}

std::string Answer(std::string out, const std::vector<RejectedEvent>& rejected,
                   std::uint64_t first_line, bool stopped) {
  out += ",\"rejected\":[";
  for (const RejectedEvent& event : rejected) {
    if (out.back() != '[') out += ',';
    out += "{\"index\":" + std::to_string(event.index) +
           ",\"line\":" + std::to_string(first_line + event.line) + ",\"code\":";
    AppendJsonString(out, Describe(event.code).name);
    out += ",\"detail\":";
    AppendJsonString(out, event.detail);
    out += '}';
  }
  return out + (stopped ? "],\"stopped\":true}" : "],\"stopped\":false}");
}

class Importing {
 public:
  Importing(pipeline::Intake& intake, AuditSink& audit, PublishLimits limits)
      : intake_(intake), audit_(audit), limits_(limits) {}

  async::Task<Result<Response>> Import(Call& call) {
    auto done = co_await Take(call);
    if (!done) call.exchange.CloseAfterwards();
    const std::string id = call.head().Query("import").value_or("");
    Note(audit_, call, "event.import", id.empty() ? "import" : "import:" + id.substr(0, kLongestId),
         done);
    co_return done;
  }

 private:
  async::Task<Result<Response>> Take(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto query = QueryOf(call);
    if (!query) co_return query.error();
    const auto key = IdempotencyKey(call);
    if (!key) co_return key.error();
    const ImportRules rules = query->Rules();
    EventParser::Request request;
    request.tenant = call.caller.tenant->id().text();
    request.idempotency_key = *key;
    request.import = &rules;
    const auto format = BatchFormat(MediaType(call), request);
    if (!format) co_return format.error();
    auto body = co_await call.exchange.ReadBody(limits_.max_body_bytes);
    if (!body) co_return body.error();
    const std::size_t io = call.exchange.io_index();
    auto batch = co_await intake_.ReadBatch(io, call.caller, *format, *body, request);
    if (!batch) co_return batch.error();
    ParsedEvents& events = batch->events;
    bool stopped = query->stop && std::ranges::any_of(events.rejected, IsMistake);
    if (stopped) CutAtFirstMistake(events);
    std::vector<RejectedEvent> rejected = std::move(events.rejected);
    pipeline::Acknowledgement ack;
    if (query->dry_run) {
      std::string counts = BatchCounts(ack);
      counts = "{\"dryRun\":true,\"accepted\":" + std::to_string(events.batch.size()) +
               counts.substr(counts.find(','));
      co_return Json(Answer(std::move(counts), rejected, query->first_line, stopped));
    }
    if (events.batch.size() > 0) {
      auto published = co_await intake_.PublishBatch(io, call.caller, std::move(*batch));
      if (!published) co_return published.error();
      ack = std::move(*published);
      for (pipeline::Acknowledgement::Refused& misfit : ack.refused) {
        rejected.push_back({misfit.index, misfit.error.code, std::move(misfit.error.detail),
                            LineOf(*format, *body, misfit.index)});
      }
      stopped = stopped || (query->stop && !ack.refused.empty());
      std::ranges::sort(rejected, {}, &RejectedEvent::index);
    }
    if (stopped) call.exchange.CloseAfterwards();
    co_return Json(Answer(BatchCounts(ack), rejected, query->first_line, stopped));
  }

  pipeline::Intake& intake_;
  AuditSink& audit_;
  const PublishLimits limits_;
};

}  // namespace

void AddImportOperation(Operations& operations, pipeline::Intake& intake, AuditSink& audit,
                        PublishLimits limits) {
  // As long as the server lives.
  auto importing = std::make_shared<Importing>(intake, audit, limits);
  operations.Add("importEvents", [importing](Call& call) { return importing->Import(call); });
}

}  // namespace notify::agent::ingress::rest
