#include "common/model/event_acceptance.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/model/envelope_reader.hpp"
#include "common/model/rfc3339.hpp"

namespace notify {
namespace {

namespace od = simdjson::ondemand;

constexpr std::int64_t kFurthestMs = std::numeric_limits<std::int64_t>::max();

// Up to a whole millisecond, so that nothing is due before its time.
std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

}  // namespace

void EventAcceptance::Begin(const EventParser::Request& request) {
  now_ = clock_.WallNow();
  ids_.At(now_);
  default_source_ = "/tenants/" + std::string(request.tenant);
  default_time_ = FormatRfc3339(now_);
  line_ = 0;
}

Status EventAcceptance::ReadEnvelope(od::document& document, od::object object,
                                     const EventParser::Request& request, std::size_t index,
                                     bool single, ParsedEvents& out,
                                     std::optional<Error>& refusal) {
  event_ = EventView{};
  EnvelopeReader reader(document, event_, request, limits_.max_depth);
  if (auto read = reader.Read(object); !read) return read;
  refusal = std::move(reader.violation());
  if (!refusal && request.require_specversion && !reader.has_specversion()) {
    refusal = BadMember("specversion", "is missing.");
  }
  if (!refusal) refusal = TakeExpected(request, reader.expected());
  if (!refusal) refusal = Accept(request, index, single, out);
  return {};
}

std::optional<Error> EventAcceptance::TakeExpected(
    const EventParser::Request& request,
    const std::optional<std::optional<ExpectedVersion>>& of_event) {
  expected_ = request.expected;
  if (of_event && request.needs_stream) {
    return BadMember("expectedVersion", "stands in the query already.");
  }
  if (of_event) expected_ = *of_event;
  if ((of_event || request.needs_stream) && event_.stream.empty()) {
    return BadMember("expectedVersion", "needs an event with a 'stream'.");
  }
  const auto version = ParseStreamVersion(event_.streamversion);
  if (expected_ && version && expected_->version + 1 != *version) {
    return BadMember("expectedVersion", "is not the version before 'streamversion'.");
  }
  return std::nullopt;
}

std::optional<Error> EventAcceptance::Accept(const EventParser::Request& request, std::size_t index,
                                             bool single, ParsedEvents& out) {
  const bool caller_id = !event_.id.empty();
  const ImportRules* import = request.import;
  std::string key;
  if (import != nullptr && !import->id.empty()) {
    key = "import:" + std::string(import->id) + "#" + std::to_string(import->first_line + line_);
    event_.idempotency_key = key;
  } else if (!request.idempotency_key.empty()) {
    key = request.idempotency_key;
    if (!single) key += "#" + std::to_string(index);
    event_.idempotency_key = key;
  }
  const bool own = request.own || (import != nullptr && IsNotificationHistory(event_.type));
  if (auto valid = ValidateAttributes(event_, own); !valid) return valid.error();
  if (import != nullptr) {
    event_.extensions.push_back({kImportedAttribute, "true"});
    if (import->fire_triggers) event_.extensions.push_back({kFireTriggersAttribute, "true"});
  }
  std::int64_t due_ms = 0;  // Of one that is for later.
  // What is history already is not held back.
  if (!event_.scheduledat.empty() && !request.own && import == nullptr) {
    const auto due = ParseRfc3339(event_.scheduledat);
    if (due && *due > now_) due_ms = UnixMs(*due);
    // Later than the clock can say: the furthest moment, which no schedule takes. The years, of
    // four digits, compare as text.
    if (!due && event_.scheduledat > default_time_) due_ms = kFurthestMs;
  }
  const bool held = due_ms != 0;
  if (held && expected_) {
    return BadMember("expectedVersion",
                     "cannot be checked before 'scheduledat': leave it out, or give the event "
                     "the 'streamversion' that it must get then.");
  }
  // History of a stream that is not here yet may begin in its middle.
  if (const auto version = ParseStreamVersion(event_.streamversion); version && import) {
    expected_ = ExpectedVersion{.version = *version - 1, .or_begins = true};
  }
  // Only now, because what is filled in needs no check.
  if (!caller_id) event_.id = ids_.Next();
  if (event_.source.empty()) event_.source = default_source_;
  // What is held back happens when it is due.
  if (event_.time.empty()) event_.time = held ? event_.scheduledat : default_time_;
  EventBatch& batch = held ? out.held.batch : out.batch;
  const std::size_t begin = batch.records.size();
  AppendRecord(batch.records, event_);
  if (batch.records.size() - begin > limits_.max_event_bytes) {
    batch.records.resize(begin);
    return Fail(Errc::kEventTooLarge,
                "The event is larger than " + std::to_string(limits_.max_event_bytes) + " bytes.");
  }
  batch.offsets.push_back(static_cast<std::uint32_t>(begin));
  if (held) {
    out.held.indices.push_back(index);
    out.held.due_ms.push_back(due_ms);
    out.held.has_caller_id.push_back(caller_id || !key.empty());
  } else {
    out.indices.push_back(index);
    out.has_caller_id.push_back(caller_id || !key.empty());
    if (expected_ || !out.expected.empty()) {
      out.expected.resize(out.indices.size());
      out.expected.back() = expected_;
    }
  }
  return std::nullopt;
}

void EventAcceptance::Reject(std::size_t index, Error error, ParsedEvents& out) {
  out.rejected.push_back({index, error.code, std::move(error.detail), line_});
}

}  // namespace notify
