#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/model/event_parser.hpp"

namespace notify {

/// Reads the events of a body of many, some at a time: a large body is read in many turns, so that
/// its thread serves others between them.
///
/// Lifetime: `parser`, `body` and what `request` points to outlive it.
/// Threads:  that of its parser.
class BatchReading {
 public:
  enum class Format {
    kArray,  ///< A JSON array. A syntax error anywhere refuses the request (with the offset).
    kLines,  ///< One event a line (NDJSON); an invalid line is in `rejected`.
  };

  /// `body` gets `EventParser::Padding()` spare bytes of capacity, and may be changed.
  BatchReading(EventParser& parser, Format format, std::string& body,
               const EventParser::Request& request);
  ~BatchReading();
  BatchReading(const BatchReading&) = delete;
  BatchReading& operator=(const BatchReading&) = delete;

  /// How many events the body has, valid or not; 0 of an array with a syntax error, which ReadOn
  /// will tell. Before anything is read; costs a fraction of reading. kBatchTooLarge above the
  /// limit.
  Result<std::size_t> Count();

  /// Reads on through some `bytes` of the body, at least one event. True: there are more. Errors
  /// are of the whole request: its syntax, and kBatchTooLarge above the limit.
  Result<bool> ReadOn(std::size_t bytes);

  /// What was read so far. Once.
  ParsedEvents TakeEvents() { return std::move(events_); }

 private:
  class Steps;
  class ArraySteps;
  class LineSteps;

  ParsedEvents events_;
  const std::unique_ptr<Steps> steps_;
};

}  // namespace notify
