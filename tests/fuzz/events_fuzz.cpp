// Bodies with events, in each form that publishers send them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/model/batch_reading.hpp"
#include "common/model/event_json.hpp"
#include "common/model/event_parser.hpp"
#include "common/model/json_walk.hpp"
#include "common/model/rfc3339.hpp"
#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace {

// What was accepted is a record that reads back, and an envelope that is JSON.
void Check(const notify::EventBatch& batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    notify::EventView event;
    if (!notify::ReadRecord(batch.Record(i), event)) std::abort();
    std::string envelope;
    notify::AppendEnvelope(envelope, event, {.tenant = "blue"});
    // Not nlohmann's word: it refuses numbers that no double holds, which are JSON all the same.
    simdjson::ondemand::parser again;
    if (!notify::CheckJsonDocument(again, simdjson::padded_string(envelope), 80)) std::abort();
  }
}

void Check(const notify::Result<notify::ParsedEvents>& parsed) {
  if (!parsed) return;
  Check(parsed->batch);
  Check(parsed->held.batch);
  if (parsed->held.due_ms.size() != parsed->held.batch.size()) std::abort();
}

/// In parts it is read as in one piece, and as many events as were counted.
void CheckParts(notify::EventParser& parser, notify::BatchReading::Format format,
                std::string_view text, const notify::EventParser::Request& request) {
  std::string body(text);
  notify::BatchReading parts(parser, format, body, request);
  const auto count = parts.Count();
  notify::Result<bool> more = true;
  while (more && *more) more = parts.ReadOn(1);
  std::string again(text);
  notify::BatchReading whole(parser, format, again, request);
  const auto read = whole.ReadOn(std::size_t{1} << 30U);
  if (more.has_value() != read.has_value()) std::abort();
  if (!more) {
    if (more.error().detail != read.error().detail) std::abort();
    return;
  }
  const notify::ParsedEvents events = parts.TakeEvents();
  const notify::ParsedEvents same = whole.TakeEvents();
  if (events.size() != same.size() || events.rejected.size() != same.rejected.size()) std::abort();
  if (!count || *count != events.size() + events.rejected.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  notify::testing_support::FakeClock clock;
  notify::testing_support::SeededRandom random;
  notify::EventParser parser(clock, random, {.max_event_bytes = 4096, .max_batch = 16});
  const notify::EventParser::Request request{.tenant = "blue"};
  std::string body(text);
  Check(parser.ParseOne(body, request));
  body = text;
  Check(parser.ParseArray(body, request));
  body = text;
  Check(parser.ParseLines(body, request));
  CheckParts(parser, notify::BatchReading::Format::kArray, text, request);
  CheckParts(parser, notify::BatchReading::Format::kLines, text, request);
  body = text;
  const std::pair<std::string_view, std::string_view> type[] = {{"type", "a.b"}};
  Check(parser.ParseBinary(type, body, "application/json", request));
  static_cast<void>(notify::ParseRfc3339(text));
  static_cast<void>(notify::Position::Parse(text));
  return 0;
}
