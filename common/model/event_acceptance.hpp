#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>

#include "common/ids.hpp"
#include "common/model/event_parser.hpp"

namespace notify {

/// Applies the rules of the envelope to events that were read, fills in what the caller left out,
/// and appends them; or says why not. Included by the `.cpp` files that parse, never by public
/// headers.
///
/// Lifetime: as its EventParser; one request at a time.
/// Threads:  one at a time.
class EventAcceptance {
 public:
  EventAcceptance(const Clock& clock, Random& random, EventLimits limits)
      : clock_(clock), ids_(random), limits_(limits) {}

  /// Begins a request: what it leaves out is filled in the same way for all its events.
  void Begin(const EventParser::Request& request);

  simdjson::ondemand::parser& parser() { return parser_; }
  const EventLimits& limits() const { return limits_; }

  /// Reads one envelope. The result is a syntax error; a rule broken is in `refusal`.
  Status ReadEnvelope(simdjson::ondemand::document& document, simdjson::ondemand::object object,
                      const EventParser::Request& request, std::size_t index, bool single,
                      ParsedEvents& out, std::optional<Error>& refusal);

  /// What is expected of the stream of the event that is accepted next, by the query or by the
  /// event; the violation where they, or its `streamversion`, say different things.
  std::optional<Error> TakeExpected(const EventParser::Request& request,
                                    const std::optional<std::optional<ExpectedVersion>>& of_event);

  /// Applies the rules to `event_` and appends it; the violation where there is one.
  std::optional<Error> Accept(const EventParser::Request& request, std::size_t index, bool single,
                              ParsedEvents& out);

  EventView& event() { return event_; }

  void Reject(std::size_t index, Error error, ParsedEvents& out);

  /// Which line of the body is read: what an import's keys and rejections say.
  void At(std::size_t line) { line_ = line; }

 private:
  const Clock& clock_;
  Uuid7Batch ids_;
  const EventLimits limits_;
  Clock::WallTime now_;
  simdjson::ondemand::parser parser_;
  EventView event_;
  std::optional<ExpectedVersion> expected_;  // Of `event_`.
  std::string default_source_;
  std::string default_time_;
  std::size_t line_ = 0;
};

}  // namespace notify
