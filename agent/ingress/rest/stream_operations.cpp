#include "agent/ingress/rest/stream_operations.hpp"

#include <charconv>
#include <memory>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/batch_body.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "agent/ingress/rest/stream_query.hpp"
#include "common/json_text.hpp"
#include "common/version_conflict.hpp"

namespace notify::agent::ingress::rest {
namespace {

using stream::Snapshot;

/// A whole number of the query from `least` up; nothing where it has none.
Result<std::optional<std::uint64_t>> NumberOf(const Call& call, std::string_view name,
                                              std::uint64_t least) {
  const auto text = call.head().Query(name);
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (ec == std::errc{} && end == text->data() + text->size() && number >= least &&
      number <= kMostStreamVersion) {
    return std::optional(number);
  }
  return Fail(Errc::kInvalidArgument, "'" + std::string(name) + "' must be a whole number from " +
                                          std::to_string(least) + " to 9,007,199,254,740,991.");
}

Result<bool> FlagOf(const Call& call, std::string_view name) {
  const std::string text = call.head().Query(name).value_or("false");
  if (text == "true" || text == "false") return text == "true";
  return Fail(Errc::kInvalidArgument, "'" + std::string(name) + "' must be true or false.");
}

/// The cursor of a stream's list: the version that it goes on with, and the number of the event
/// before, as `V-N`.
std::string CursorOf(const Call& call, const std::string& stream, const StreamPage& page) {
  if (!page.more) return {};
  const Position place{Epoch{page.next.version}, page.next.after};
  return NextCursor(call, "stream/" + stream, place.ToString());
}

Result<std::optional<StreamStart>> StartOf(const Call& call, const std::string& stream) {
  const auto place = CursorPlace(call, "stream/" + stream);
  if (!place) return place.error();
  if (!*place) return std::optional<StreamStart>();
  if (const auto at = Position::Parse(**place)) {
    return std::optional(StreamStart{at->epoch.value, at->sequence});
  }
  return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
}

/// What a read was asked for.
struct ReadRequest {
  std::optional<StreamStart> cursor;
  std::uint64_t from_version = 1;
  bool from_snapshot = false;
  std::size_t limit = 50;
};

Result<ReadRequest> ReadRequestOf(const Call& call, const std::string& stream) {
  ReadRequest request;
  const auto cursor = StartOf(call, stream);
  if (!cursor) return cursor.error();
  request.cursor = *cursor;
  const auto from = NumberOf(call, "fromVersion", 0);
  if (!from) return from.error();
  request.from_version = std::max<std::uint64_t>(from->value_or(1), 1);
  const auto snapshot = FlagOf(call, "fromSnapshot");
  if (!snapshot) return snapshot.error();
  request.from_snapshot = *snapshot;
  if (*snapshot && *from) {
    return Fail(Errc::kInvalidArgument, "'fromVersion' and 'fromSnapshot' exclude each other.");
  }
  const auto limit = LimitOf(call);
  if (!limit) return limit.error();
  request.limit = *limit;
  return request;
}

std::string Begin(const std::string& stream, const eventlog::StreamHead& head) {
  std::string out = "{\"stream\":";
  AppendJsonString(out, stream);
  return out + ",\"version\":" + std::to_string(head.version);
}

class Streams {
 public:
  explicit Streams(StreamOperationParts parts)
      : query_(parts.log),
        upcasting_(parts.upcasting),
        snapshots_(parts.snapshots),
        audit_(parts.audit) {}

  async::Task<Result<Response>> Read(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("stream"));
    const auto request = ReadRequestOf(call, name);
    if (!request) co_return request.error();
    const auto head = co_await query_.Head(*tenant, name);
    if (!head) co_return head.error();
    StreamStart start = request->cursor.value_or(StreamStart{.version = request->from_version});
    std::optional<Snapshot> snapshot;
    if (request->from_snapshot && !request->cursor) {
      auto found = co_await snapshots_.Find(*tenant, name, true);
      if (!found) co_return found.error();
      snapshot = std::move(*found);
      if (snapshot) start = {snapshot->version + 1, snapshot->last};
    }
    auto upcasters = co_await UpcastersFor(call, *tenant);
    if (!upcasters) co_return upcasters.error();
    auto page =
        co_await query_.Read(*tenant, name, *head, start, request->limit, std::move(*upcasters));
    if (!page) co_return page.error();
    std::string out = Begin(name, *head);
    if (request->from_snapshot && !request->cursor) {
      out += ",\"snapshot\":" + (snapshot ? SnapshotJson(*snapshot, true) : "null");
    }
    // The list's own members behind those of the stream.
    Response response = ListResponse(page->envelopes, CursorOf(call, name, *page));
    response.body.replace(0, 1, out + ",");
    co_return response;
  }

  async::Task<Result<Response>> Head(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("stream"));
    const auto head = co_await query_.Head(*tenant, name);
    if (!head) co_return head.error();
    const auto snapshot = co_await snapshots_.Find(*tenant, name, false);
    if (!snapshot) co_return snapshot.error();
    const StreamStart last{.version = head->version};
    auto upcasters = co_await UpcastersFor(call, *tenant);
    if (!upcasters) co_return upcasters.error();
    auto page = co_await query_.Read(*tenant, name, *head, last, 1, std::move(*upcasters));
    if (!page && page.error().code != Errc::kGap) co_return page.error();
    std::string out = Begin(name, *head);
    out += ",\"firstSequence\":" + std::to_string(head->first.value) +
           ",\"lastSequence\":" + std::to_string(head->last.value) + ",\"lastEvent\":" +
           (page && !page->envelopes.empty() ? page->envelopes.front() : std::string("null")) +
           ",\"snapshot\":" + (*snapshot ? SnapshotJson(**snapshot, false) : "null");
    co_return Json(out + "}");
  }

  async::Task<Result<Response>> GetSnapshot(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("stream"));
    auto found = co_await snapshots_.Find(*tenant, name, true);
    if (!found) co_return found.error();
    if (!*found) {
      co_return Fail(Errc::kNotFound, "The stream '" + name.substr(0, 128) + "' has no snapshot.",
                     "notifyctl stream snapshot put keeps one.");
    }
    co_return Json(SnapshotOf(name, **found, true));
  }

  async::Task<Result<Response>> PutSnapshot(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("stream"));
    const auto version = NumberOf(call, "version", 1);
    if (!version) co_return version.error();
    if (!*version) {
      co_return Fail(Errc::kInvalidArgument,
                     "'version' must say of which version of the stream the snapshot is.");
    }
    const auto force = FlagOf(call, "force");
    if (!force) co_return force.error();
    if (const std::string media = MediaType(call);
        !media.empty() && media != "application/json" && !media.ends_with("+json")) {
      co_return UnsupportedType(media, "application/json");
    }
    auto body = co_await call.exchange.ReadBody(stream::kMaxSnapshotBytes);
    if (!body) co_return body.error();
    if (auto valid = stream::CheckSnapshotData(*body); !valid) co_return valid.error();
    const auto head = co_await query_.Head(*tenant, name);
    if (!head) co_return head.error();
    if (**version > head->version) {
      co_return VersionConflict(head->version,
                                "The stream is at version " + std::to_string(head->version) +
                                    "; a snapshot cannot be of a version that is still to come.");
    }
    Snapshot snapshot;
    snapshot.version = **version;
    if (**version == head->version) snapshot.last = head->last;
    snapshot.data = std::move(*body);
    auto put = co_await snapshots_.Put(*tenant, name, std::move(snapshot), *force);
    if (!put) co_return put.error();
    co_return Json(SnapshotOf(name, *put, false));
  }

  async::Task<Result<Response>> DeleteSnapshot(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string name(call.Parameter("stream"));
    const auto deleted = co_await snapshots_.Delete(*tenant, name);
    Note(audit_, call, "stream.snapshot.delete", "stream:" + name.substr(0, 128), deleted);
    if (!deleted) co_return deleted.error();
    std::string out = "{\"id\":";
    AppendJsonString(out, name);
    co_return Json(out + ",\"deleted\":true}");
  }

 private:
  /// Null where the tenant has none, or the caller wants what is stored.
  async::Task<Result<schema::UpcastersPtr>> UpcastersFor(Call& call, TenantHandle tenant) {
    const auto raw = FlagOf(call, "raw");
    if (!raw) co_return raw.error();
    if (*raw) co_return schema::UpcastersPtr();
    co_return co_await upcasting_.Of(std::move(tenant));
  }

  static std::string SnapshotOf(const std::string& name, const Snapshot& snapshot, bool with_data) {
    std::string out = "{\"stream\":";
    AppendJsonString(out, name);
    return out + "," + SnapshotJson(snapshot, with_data).substr(1);
  }

  StreamQuery query_;
  schema::Upcasting& upcasting_;
  stream::Snapshots& snapshots_;
  AuditSink& audit_;
};

}  // namespace

void AddStreamOperations(Operations& operations, StreamOperationParts parts) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Streams>(parts);
  operations.Add("readStream", [shared](Call& call) { return shared->Read(call); });
  operations.Add("getStream", [shared](Call& call) { return shared->Head(call); });
  operations.Add("getStreamSnapshot", [shared](Call& call) { return shared->GetSnapshot(call); });
  operations.Add("putStreamSnapshot", [shared](Call& call) { return shared->PutSnapshot(call); });
  operations.Add("deleteStreamSnapshot",
                 [shared](Call& call) { return shared->DeleteSnapshot(call); });
}

}  // namespace notify::agent::ingress::rest
