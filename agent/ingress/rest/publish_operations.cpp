#include "agent/ingress/rest/publish_operations.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/ingress/rest/batch_body.hpp"
#include "common/http/problem.hpp"
#include "common/json_text.hpp"
#include "common/version_conflict.hpp"

namespace notify::agent::ingress::rest {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower;
}

void AppendSequence(std::string& out, std::string_view name, std::uint64_t value, bool known) {
  out += ",\"";
  out += name;
  out += "\":";
  out += known ? std::to_string(value) : "null";
}

std::string OneJson(const pipeline::Acknowledgement& ack) {
  if (!ack.scheduled.empty()) {
    const auto& held = ack.scheduled.front();
    return schedule::AcceptedJson(held.id, held.state, held.due_ms, held.duplicate);
  }
  const bool duplicate = !ack.duplicates.empty();
  std::string out = "{\"id\":";
  AppendJsonString(out, duplicate ? ack.duplicates.front().id : ack.first_id);
  AppendSequence(out, "epoch", ack.epoch.value, true);
  AppendSequence(out, "sequence",
                 duplicate ? ack.duplicates.front().sequence.value : ack.first.value, true);
  out += duplicate ? ",\"duplicate\":true" : ",\"duplicate\":false";
  const std::uint64_t version =
      duplicate ? ack.duplicates.front().stream_version : ack.stream_version;
  if (version != 0) AppendSequence(out, "streamVersion", version, true);
  out += '}';
  return out;
}

std::string BatchJson(const pipeline::Acknowledgement& ack,
                      const std::vector<RejectedEvent>& rejected) {
  std::string out = BatchCounts(ack);
  out += ",\"rejected\":[";
  for (const RejectedEvent& event : rejected) {
    if (out.back() != '[') out += ',';
    out += "{\"index\":" + std::to_string(event.index) + ",\"code\":";
    AppendJsonString(out, Describe(event.code).name);
    out += ",\"detail\":";
    AppendJsonString(out, event.detail);
    if (event.current_version) AppendSequence(out, "currentVersion", *event.current_version, true);
    out += '}';
  }
  out += "]}";
  return out;
}

/// The `ce-` headers of binary mode, percent-decoded (CloudEvents HTTP binding 3.1.3.2).
struct BinaryAttributes {
  std::vector<std::pair<std::string, std::string>> decoded;

  std::vector<std::pair<std::string_view, std::string_view>> Views() const {
    std::vector<std::pair<std::string_view, std::string_view>> views(decoded.begin(),
                                                                     decoded.end());
    return views;
  }
};

Result<BinaryAttributes> BinaryAttributesOf(const RequestHead& head) {
  BinaryAttributes attributes;
  for (const auto& [name, value] : head.headers) {
    if (name.size() <= 3 || !SameHeader(name.substr(0, 3), "ce-")) continue;
    auto decoded = api::PercentDecode(value);
    if (!decoded) {
      return Fail(Errc::kInvalidEvent,
                  "The header '" + std::string(name) + "' is not percent-encoded well.");
    }
    attributes.decoded.emplace_back(Lower(name.substr(3)), std::move(*decoded));
  }
  return attributes;
}

/// Takes `expectedVersion` out of the query, which speaks of one event.
Status ReadExpectedVersion(const Call& call, EventParser::Request& request) {
  const auto text = call.head().Query("expectedVersion");
  if (!text) return {};
  const auto expected = ParseExpectedVersion(*text);
  if (!expected) return expected.error();
  request.expected = *expected;
  request.needs_stream = true;
  return {};
}

Status RefuseExpectedVersion(const Call& call) {
  if (!call.head().Query("expectedVersion")) return {};
  return Fail(Errc::kInvalidArgument,
              "A batch has no 'expectedVersion' of its own: its events can be of several streams.",
              "Give it, or 'streamversion', in the first event of each stream; where that one is "
              "refused, those behind it in the stream are too.");
}

class Publishing {
 public:
  Publishing(pipeline::Intake& intake, PublishLimits limits) : intake_(intake), limits_(limits) {}

  async::Task<Result<Response>> One(Call& call) {
    auto request = RequestOf(call);
    if (!request) co_return request.error();
    if (auto read = ReadExpectedVersion(call, *request); !read) co_return read.error();
    const std::string media = MediaType(call);
    auto body = co_await call.exchange.ReadBody(limits_.max_body_bytes);
    if (!body) co_return body.error();
    auto parsed = ParseOne(call, media, *body, *request);
    if (!parsed) co_return parsed.error();
    auto ack = co_await intake_.Publish(call.exchange.io_index(), call.caller, std::move(*parsed));
    if (!ack) co_return ack.error();
    if (!ack->refused.empty()) co_return std::move(ack->refused.front().error);
    co_return Json(OneJson(*ack), 202);
  }

  async::Task<Result<Response>> Batch(Call& call) {
    if (auto refused = RefuseExpectedVersion(call); !refused) co_return refused.error();
    auto request = RequestOf(call);
    if (!request) co_return request.error();
    const auto format = BatchFormat(MediaType(call), *request);
    if (!format) co_return format.error();
    auto body = co_await call.exchange.ReadBody(limits_.max_body_bytes);
    if (!body) co_return body.error();
    const std::size_t io = call.exchange.io_index();
    auto batch = co_await intake_.ReadBatch(io, call.caller, *format, *body, *request);
    if (!batch) co_return batch.error();
    body->clear();
    body->shrink_to_fit();
    std::vector<RejectedEvent> rejected = std::move(batch->events.rejected);
    pipeline::Acknowledgement ack;
    if (batch->events.size() > 0) {
      auto published = co_await intake_.PublishBatch(io, call.caller, std::move(*batch));
      if (!published) co_return published.error();
      ack = std::move(*published);
    }
    // What no parser took and what the stages refused, in the order of the request.
    for (pipeline::Acknowledgement::Refused& refused : ack.refused) {
      rejected.push_back({refused.index, refused.error.code, std::move(refused.error.detail), 0,
                          CurrentVersionOf(refused.error)});
    }
    std::ranges::sort(rejected, {}, &RejectedEvent::index);
    co_return Json(BatchJson(ack, rejected));
  }

 private:
  Result<EventParser::Request> RequestOf(const Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) return tenant.error();
    const auto key = IdempotencyKey(call);
    if (!key) return key.error();
    EventParser::Request request;
    request.tenant = call.caller.tenant->id().text();
    request.idempotency_key = *key;
    return request;
  }

  Result<ParsedEvents> ParseOne(Call& call, const std::string& media, std::string& body,
                                EventParser::Request request) {
    EventParser& parser = intake_.parser(call.exchange.io_index());
    const bool binary = call.head().Header("ce-type") || call.head().Header("ce-specversion");
    if (binary && media != "application/cloudevents+json") {
      const auto attributes = BinaryAttributesOf(call.head());
      if (!attributes) return attributes.error();
      const auto views = attributes->Views();
      return parser.ParseBinary(views, body, call.head().Header("Content-Type").value_or(""),
                                request);
    }
    if (media == "application/cloudevents+json") {
      request.require_specversion = true;
      return parser.ParseOne(body, request);
    }
    if (media == "application/json" || media.empty()) return parser.ParseOne(body, request);
    return UnsupportedType(media,
                           "application/json, application/cloudevents+json, or the headers of "
                           "binary mode with any type");
  }

  pipeline::Intake& intake_;
  const PublishLimits limits_;
};

}  // namespace

void AddPublishOperations(Operations& operations, pipeline::Intake& intake, PublishLimits limits) {
  // Shared by the two operations, which live as long as the server.
  auto publishing = std::make_shared<Publishing>(intake, limits);
  operations.Add("publishEvent", [publishing](Call& call) { return publishing->One(call); });
  operations.Add("publishBatch", [publishing](Call& call) { return publishing->Batch(call); });
}

}  // namespace notify::agent::ingress::rest
