#include "agent/ingress/rest/replay_operation.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "common/json_text.hpp"
#include "common/model/event_json.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::json;

constexpr std::uint64_t kMaxBody = 64 << 10;
constexpr std::size_t kPageEvents = 500;
constexpr double kDefaultRate = 1000;

/// What the caller asks for.
struct ReplayRequest {
  TimeRange range;
  std::optional<Position> to;
  EventFilter filter;
  LiveTarget target;
  bool plan = false;
  double rate = kDefaultRate;  // Events a second; 0: as fast as it goes.
  double speed = 0;            // Times the original pace; 0: the rate decides.
};

Error Bad(std::string pointer, std::string detail) {
  Error error = Fail(Errc::kInvalidArgument, detail);
  error.errors.push_back({std::move(pointer), std::move(detail), 0});
  return error;
}

Status ReadTarget(const json& value, LiveTarget& target) {
  if (!value.is_object() || value.size() != 1) {
    return Bad("/target", "'target' has one member: subscription or user.");
  }
  const std::string& name = value.begin().key();
  const json& text = value.begin().value();
  if (!text.is_string()) return Bad("/target/" + name, "must be a string.");
  if (name == "subscription") {
    target.kind = LiveTarget::Kind::kSubscription;
  } else if (name == "user") {
    target.kind = LiveTarget::Kind::kUser;
  } else {
    return Bad("/target/" + name, "this version replays to a subscription or a user.");
  }
  target.name = text.get<std::string>();
  return {};
}

Result<Position> ReadPosition(const std::string& name, const json& value) {
  if (value.is_string()) return Position::Parse(value.get<std::string>());
  if (value.is_object() && value.contains("sequence") && value["sequence"].is_number_unsigned()) {
    Position position;
    position.sequence.value = value["sequence"].get<std::uint64_t>();
    const json epoch = value.value("epoch", json(0U));
    if (epoch.is_number_unsigned()) {
      position.epoch.value = epoch.get<std::uint64_t>();
      return position;
    }
  }
  return Bad("/" + name, "is a position: {\"epoch\": E, \"sequence\": N} or \"E-N\".");
}

Status ReadSpeed(const json& value, ReplayRequest& request) {
  const std::string speed = value.is_string() ? value.get<std::string>() : "";
  if (speed == "max") {
    request.rate = 0;
  } else if (speed == "original") {
    request.speed = 1;
  } else if (speed == "10x") {
    request.speed = 10;
  } else {
    return Bad("/speed", "'speed' is original, 10x or max.");
  }
  return {};
}

Status ReadMember(const std::string& name, const json& value, Clock::WallTime now,
                  ReplayRequest& request) {
  if (name == "target") return ReadTarget(value, request.target);
  if (name == "speed") return ReadSpeed(value, request);
  if (name == "after" || name == "to") {
    const auto position = ReadPosition(name, value);
    if (!position) return position.error();
    (name == "after" ? request.range.after : request.to) = *position;
    return {};
  }
  if (name == "since" || name == "until") {
    if (!value.is_string()) return Bad("/" + name, "must be a time or a duration.");
    const auto time = ParseMoment(value.get<std::string>(), now);
    if (!time) return time.error();
    (name == "since" ? request.range.since : request.range.until) = *time;
    return {};
  }
  if (name == "types" && value.is_array()) {
    for (const json& type : value) {
      if (!type.is_string()) return Bad("/types", "has strings.");
      request.filter.types.push_back(type.get<std::string>());
    }
    return {};
  }
  if (name == "plan" && value.is_boolean()) {
    request.plan = value.get<bool>();
    return {};
  }
  if (name == "rate" && value.is_number() && value.get<double>() > 0) {
    request.rate = value.get<double>();
    return {};
  }
  return Bad("/" + name, "'" + name + "' is not a member of a replay, or not of this type.");
}

Result<ReplayRequest> ReadRequest(const std::string& body, Clock::WallTime now) {
  const json parsed = json::parse(body, nullptr, false);
  if (parsed.is_discarded()) return Fail(Errc::kInvalidJson, "The body is not valid JSON.");
  if (!parsed.is_object()) return Fail(Errc::kInvalidArgument, "A replay is a JSON object.");
  ReplayRequest request;
  for (const auto& [name, value] : parsed.items()) {
    if (auto read = ReadMember(name, value, now, request); !read) return read.error();
  }
  if (!request.plan && !parsed.contains("target")) {
    return Bad("/target", "say where to: {\"subscription\": …} or {\"user\": …}.");
  }
  if (!parsed.contains("after") && !parsed.contains("since")) {
    return Bad("/since", "say where to begin: 'after' or 'since'.");
  }
  return request;
}

/// One event on its way out again.
struct Replayed {
  std::string type;
  std::string envelope;
  std::int64_t recorded_ms = 0;
};

/// What went out, or would.
struct Report {
  std::size_t events = 0;
  std::size_t sent = 0;
  std::optional<Position> first;
  std::optional<Position> last;
  std::int64_t first_ms = 0;
  std::int64_t last_ms = 0;

  void Count(Position position, std::int64_t recorded_ms) {
    if (!first) {
      first = position;
      first_ms = recorded_ms;
    }
    last = position;
    last_ms = recorded_ms;
    ++events;
  }
};

class Replaying {
 public:
  Replaying(eventlog::EventLog& log, SendReplayed send, const Clock& clock, Random& random)
      : query_(log), send_(std::move(send)), clock_(clock), random_(random) {}

  async::Task<Result<Response>> Run(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto request = ReadRequest(*body, clock_.WallNow());
    if (!request) co_return request.error();
    if (request->plan) co_return co_await Plan(*tenant, std::move(*request));
    co_return co_await Send(call, *tenant, std::move(*request));
  }

 private:
  async::Task<Result<Response>> Plan(TenantHandle tenant, ReplayRequest request) {
    Report report;
    EventQuery::Each each = [&](const EventView&, const CommittedBatch& batch, Position position) {
      if (request.to && position.sequence > request.to->sequence) return false;
      report.Count(position, batch.RecordedMs(position.sequence));
      return true;
    };
    auto walked = co_await query_.Walk(tenant, request.range, request.filter, std::move(each));
    if (!walked) co_return walked.error();
    std::string out = "{\"events\":" + std::to_string(report.events) + Ends(report);
    out += ",\"seconds\":" + Seconds(report, request) + "}";
    co_return Json(std::move(out));
  }

  async::Task<Result<Response>> Send(Call& call, TenantHandle tenant, ReplayRequest request) {
    Report report;
    const std::string replay_id = NewUuid7(clock_, random_);
    const Clock::TimePoint begun = clock_.Now();
    while (true) {
      std::vector<Replayed> page;
      const Report before = report;
      auto walked = co_await NextPage(tenant, request, replay_id, page, report);
      if (!walked) co_return walked.error();
      for (std::size_t i = 0; i < page.size(); ++i) {
        co_await Pace(call, request, begun, before.events + i,
                      page[i].recorded_ms - report.first_ms);
        report.sent +=
            co_await send_(tenant, request.target, page[i].type, std::move(page[i].envelope)) > 0
                ? 1
                : 0;
      }
      if (page.size() < kPageEvents) break;
      request.range.after = report.last;
    }
    std::string out = "{\"replayId\":\"" + replay_id +
                      "\",\"events\":" + std::to_string(report.events) +
                      ",\"sent\":" + std::to_string(report.sent) + Ends(report);
    const double took = std::chrono::duration<double>(clock_.Now() - begun).count();
    out += ",\"seconds\":" + std::to_string(took) + "}";
    co_return Json(std::move(out));
  }

  async::Task<Result<Position>> NextPage(const TenantHandle& tenant, const ReplayRequest& request,
                                         const std::string& replay_id, std::vector<Replayed>& page,
                                         Report& report) {
    const std::string name = tenant.id().text();
    EventQuery::Each each = [&](const EventView& event, const CommittedBatch& batch,
                                Position position) {
      if (request.to && position.sequence > request.to->sequence) return false;
      report.Count(position, batch.RecordedMs(position.sequence));
      const std::string id = DerivedUuid(replay_id + "/" + position.ToString());
      Replayed replayed{std::string(event.type), {}, batch.RecordedMs(position.sequence)};
      AppendEnvelope(replayed.envelope, event,
                     {.tenant = name,
                      .position = {},
                      .recorded_ms = batch.RecordedMs(position.sequence),
                      .original = position,
                      .replay_id = id});
      page.push_back(std::move(replayed));
      return page.size() < kPageEvents;
    };
    co_return co_await query_.Walk(tenant, request.range, request.filter, std::move(each));
  }

  async::Task<void> Pace(Call& call, const ReplayRequest& request, Clock::TimePoint begun,
                         std::size_t index, std::int64_t original_ms) {
    std::chrono::duration<double> due{0};
    if (request.speed > 0) {
      due = std::chrono::duration<double>(static_cast<double>(original_ms) / 1000 / request.speed);
    } else if (request.rate > 0) {
      due = std::chrono::duration<double>(static_cast<double>(index) / request.rate);
    }
    const auto wait = begun + std::chrono::duration_cast<Clock::Duration>(due) - clock_.Now();
    if (wait > Clock::Duration::zero()) co_await call.exchange.io().timers().Sleep(wait);
  }

  static std::string Ends(const Report& report) {
    std::string out;
    const auto position = [](const std::optional<Position>& p) {
      return p ? "\"" + p->ToString() + "\"" : std::string("null");
    };
    out += ",\"first\":" + position(report.first) + ",\"last\":" + position(report.last);
    out += ",\"from\":";
    out += report.first ? Time(report.first_ms) : "null";
    out += ",\"until\":";
    out += report.last ? Time(report.last_ms) : "null";
    return out;
  }

  static std::string Time(std::int64_t unix_ms) {
    std::string text = "\"";
    AppendRfc3339(text, unix_ms);
    return text + "\"";
  }

  static std::string Seconds(const Report& report, const ReplayRequest& request) {
    double seconds = 0;
    if (request.speed > 0) {
      seconds = static_cast<double>(report.last_ms - report.first_ms) / 1000 / request.speed;
    } else if (request.rate > 0) {
      seconds = static_cast<double>(report.events) / request.rate;
    }
    return std::to_string(seconds);
  }

  EventQuery query_;
  const SendReplayed send_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace

void AddReplayOperation(Operations& operations, eventlog::EventLog& log, SendReplayed send,
                        const Clock& clock, Random& random) {
  auto replaying = std::make_shared<Replaying>(log, std::move(send), clock, random);
  operations.Add("replayEvents", [replaying](Call& call) { return replaying->Run(call); });
}

}  // namespace notify::agent::ingress::rest
