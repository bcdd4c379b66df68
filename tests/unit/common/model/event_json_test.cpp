#include "common/model/event_json.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

std::string Envelope(const EventView& event, const EventStamp& stamp) {
  std::string out;
  AppendEnvelope(out, event, stamp);
  return out;
}

EventView Sample() {
  EventView event;
  event.id = "1";
  event.source = "/s";
  event.type = "a.b";
  event.data_kind = DataKind::kJson;
  event.data = R"({"big":123456789012345678901234567890})";
  return event;
}

TEST(Envelope, CarriesTheAgentsAttributesAndTheDataVerbatim) {
  const EventStamp stamp{
      .tenant = "blue", .position = {Epoch{5}, Sequence{7}}, .recorded_ms = 1000};
  EXPECT_EQ(Envelope(Sample(), stamp),
            R"({"specversion":"1.0","id":"1","source":"/s","type":"a.b","tenant":"blue","epoch":5,)"
            R"("sequence":7,"recordedtime":"1970-01-01T00:00:01.000Z",)"
            R"("data":{"big":123456789012345678901234567890}})");
}

TEST(Envelope, TextThatManyShareIsTheSameAsTheirOwn) {
  StampText text;
  for (const char* tenant : {"blue", "green"}) {
    for (const std::uint64_t epoch : {5, 5, 6}) {
      for (const std::int64_t recorded_ms : {1000, 1000, 1001, 0}) {
        EventStamp stamp{
            .tenant = tenant, .position = {Epoch{epoch}, Sequence{7}}, .recorded_ms = recorded_ms};
        const std::string alone = Envelope(Sample(), stamp);
        stamp.text = &text;
        EXPECT_EQ(Envelope(Sample(), stamp), alone);
      }
    }
  }
}

TEST(Envelope, AReplayedEventHasItsOwnIdAndNoPosition) {
  EventStamp stamp{.tenant = "blue"};
  stamp.original = Position{Epoch{5}, Sequence{7}};
  stamp.replay_id = "r";
  const std::string json = Envelope(Sample(), stamp);
  EXPECT_NE(json.find(R"("id":"r")"), std::string::npos);
  EXPECT_NE(json.find(R"("replayed":true,"originalepoch":5,"originalsequence":7)"),
            std::string::npos);
  EXPECT_EQ(json.find(R"("sequence")"), std::string::npos);
}

TEST(Envelope, BytesAreBase64) {
  EventView event = Sample();
  event.data_kind = DataKind::kBytes;
  event.data = std::string_view("\x00\xff", 2);
  EXPECT_NE(Envelope(event, {}).find(R"("data_base64":"AP8=")"), std::string::npos);
}

TEST(Envelope, ValuesAreEscapedAndTheIdempotencyKeyIsNotShown) {
  EventView event = Sample();
  event.subject = "say \"hi\"";
  event.idempotency_key = "hidden";
  const std::string json = Envelope(event, {});
  EXPECT_NE(json.find(R"("subject":"say \"hi\"")"), std::string::npos);
  EXPECT_EQ(json.find("hidden"), std::string::npos);
}

}  // namespace
}  // namespace notify
