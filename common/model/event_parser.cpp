#include "common/model/event_parser.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/json_text.hpp"
#include "common/model/batch_reading.hpp"
#include "common/model/envelope_reader.hpp"
#include "common/model/event_acceptance.hpp"
#include "common/model/json_walk.hpp"

namespace notify {
namespace {

namespace od = simdjson::ondemand;

// What is kept for the next request: as many as batches of tenants that are read in turns, and none
// that one large body made large.
constexpr std::size_t kMostKept = 4;
constexpr std::size_t kLargestKept = 4 << 20;

bool IsJsonContent(std::string_view content_type) {
  const std::string_view media = TrimEnd(content_type.substr(0, content_type.find(';')));
  return media.empty() || media == "application/json" || media.ends_with("+json") ||
         media == "text/json";
}

Result<ParsedEvents> ReadAll(BatchReading& reading) {
  Result<bool> more = true;
  while (more && *more) more = reading.ReadOn(std::size_t{1} << 30U);
  if (!more) return more.error();
  return reading.TakeEvents();
}

}  // namespace

EventParser::EventParser(const Clock& clock, Random& random, EventLimits limits)
    : clock_(clock), random_(random), limits_(limits) {}
EventParser::~EventParser() = default;

EventParser::Acceptance EventParser::Lend() {
  if (kept_.empty()) kept_.push_back(std::make_unique<EventAcceptance>(clock_, random_, limits_));
  Acceptance lent(kept_.back().release(), GiveBack{this});
  kept_.pop_back();
  return lent;
}

void EventParser::GiveBack::operator()(EventAcceptance* acceptance) const {
  std::unique_ptr<EventAcceptance> returned(acceptance);
  if (parser->kept_.size() < kMostKept && returned->parser().capacity() <= kLargestKept) {
    parser->kept_.push_back(std::move(returned));
  }
}

std::size_t EventParser::Padding() { return simdjson::SIMDJSON_PADDING; }

Result<ParsedEvents> EventParser::ParseOne(std::string& body, const Request& request) {
  body.reserve(body.size() + Padding());
  const Acceptance acceptance = Lend();
  acceptance->Begin(request);
  ParsedEvents out;
  od::document document;
  if (const auto error =
          acceptance->parser().iterate(body.data(), body.size(), body.capacity()).get(document)) {
    return Syntax(error);
  }
  od::object object;
  if (const auto error = document.get_object().get(object)) {
    if (error == simdjson::INCORRECT_TYPE) return WrongRoot(document, "An event is a JSON object.");
    return Syntax(error);
  }
  std::optional<Error> refusal;
  if (auto read = acceptance->ReadEnvelope(document, object, request, 0, true, out, refusal);
      !read) {
    return read.error();
  }
  if (auto ended = CheckNothingFollows(document); !ended) return ended.error();
  if (refusal) return std::move(*refusal);
  return out;
}

Result<ParsedEvents> EventParser::ParseArray(std::string& body, const Request& request) {
  BatchReading reading(*this, BatchReading::Format::kArray, body, request);
  return ReadAll(reading);
}

Result<ParsedEvents> EventParser::ParseLines(std::string& body, const Request& request) {
  BatchReading reading(*this, BatchReading::Format::kLines, body, request);
  return ReadAll(reading);
}

Result<ParsedEvents> EventParser::ParseBinary(
    std::span<const std::pair<std::string_view, std::string_view>> attributes, std::string& body,
    std::string_view content_type, const Request& request) {
  const Acceptance acceptance = Lend();
  acceptance->Begin(request);
  ParsedEvents out;
  EventView& event = acceptance->event();
  event = EventView{};
  std::vector<std::string> quoted;
  quoted.reserve(attributes.size());
  for (const auto& [name, value] : attributes) {
    const auto place = FindAttribute(name);
    if (name == "specversion") {
      if (value != "1.0") return BadMember("specversion", "must be \"1.0\".");
    } else if (name == "tenant") {
      if (value != request.tenant) {
        return Fail(Errc::kTenantMismatch, "The event's 'tenant' is not the request's tenant.");
      }
    } else if (place) {
      const auto member = AttributeFields()[*place].member;
      if (!(event.*member).empty()) return BadMember(name, "appears twice.");
      event.*member = value;
    } else if (IsAgentAttribute(name)) {
      return Fail(Errc::kAttributeReserved,
                  "'" + std::string(name) + "' is set by the agent only.");
    } else if (!IsExtensionName(name)) {
      return BadMember(name, "is not an attribute: those have lower-case letters and digits only.");
    } else {
      std::string text;
      AppendJsonString(text, value);
      quoted.push_back(std::move(text));
      event.extensions.push_back({name, quoted.back()});
    }
  }
  event.datacontenttype = content_type;
  if (!body.empty()) {
    event.data_kind = IsJsonContent(content_type) ? DataKind::kJson : DataKind::kBytes;
    event.data = body;
    if (event.data_kind == DataKind::kJson) {
      body.reserve(body.size() + Padding());
      event.data = TrimEnd(body);
      const simdjson::padded_string_view padded(body.data(), body.size(), body.capacity());
      if (auto checked =
              CheckJsonDocument(acceptance->parser(), padded, acceptance->limits().max_depth);
          !checked) {
        return checked.error();
      }
    }
  }
  auto refusal = acceptance->TakeExpected(request, std::nullopt);
  if (!refusal) refusal = acceptance->Accept(request, 0, true, out);
  if (refusal) return std::move(*refusal);
  return out;
}

}  // namespace notify
