#include "common/model/batch_reading.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"

namespace notify {
namespace {

using Format = BatchReading::Format;

constexpr std::size_t kAll = 1 << 20;

class BatchReadingTest : public ::testing::TestWithParam<Format> {
 protected:
  /// A body of events whose data is their number, from `first` on.
  std::string Body(int first, int count) const {
    std::string body = GetParam() == Format::kArray ? "[" : "";
    for (int i = first; i < first + count; ++i) {
      if (i > first) body += GetParam() == Format::kArray ? "," : "\n";
      body += R"({"type":"a.b","data":)" + std::to_string(i) + "}";
    }
    return body + (GetParam() == Format::kArray ? "]" : "\n");
  }
  static std::string DataOf(const ParsedEvents& events) {
    std::string data;
    for (std::size_t i = 0; i < events.batch.size(); ++i) {
      EventView event;
      EXPECT_TRUE(ReadRecord(events.batch.Record(i), event).has_value());
      data += std::string(event.data) + " ";
    }
    return data;
  }
  Result<std::size_t> CountOf(std::string body) {
    return BatchReading(parser_, GetParam(), body, request_).Count();
  }

  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  EventParser::Request request_{.tenant = "blue"};
  EventParser parser_{clock_, random_, EventLimits{.max_batch = 8}};
};

TEST_P(BatchReadingTest, ReadsABodyInPartsOfAtLeastOneEvent) {
  std::string body = Body(1, 3);
  BatchReading reading(parser_, GetParam(), body, request_);
  EXPECT_EQ(reading.ReadOn(1), true);
  EXPECT_EQ(reading.ReadOn(1), true);
  // Only at the end it is known whether there are more.
  while (*reading.ReadOn(1)) continue;
  EXPECT_EQ(DataOf(reading.TakeEvents()), "1 2 3 ");
}

TEST_P(BatchReadingTest, BodiesAreReadSideBySide) {
  std::string one = Body(1, 3);
  std::string other = Body(11, 3);
  EventParser::Request green{.tenant = "green", .idempotency_key = "k"};
  BatchReading blue_reading(parser_, GetParam(), one, request_);
  BatchReading green_reading(parser_, GetParam(), other, green);
  bool more = true;
  while (more) {
    const bool blue_more = *blue_reading.ReadOn(1);
    clock_.Advance(std::chrono::seconds(1));
    more = *green_reading.ReadOn(1) || blue_more;
  }
  const ParsedEvents blues = blue_reading.TakeEvents();
  const ParsedEvents greens = green_reading.TakeEvents();
  EXPECT_EQ(DataOf(blues), "1 2 3 ");
  EXPECT_EQ(DataOf(greens), "11 12 13 ");
  for (std::size_t i = 0; i < 3; ++i) {
    EventView event;
    ASSERT_TRUE(ReadRecord(blues.batch.Record(i), event).has_value());
    EXPECT_EQ(event.source, "/tenants/blue");
    EXPECT_EQ(event.time, "2026-06-30T12:00:00.000Z") << "the time of the request, not of the part";
    ASSERT_TRUE(ReadRecord(greens.batch.Record(i), event).has_value());
    EXPECT_EQ(event.source, "/tenants/green");
    EXPECT_EQ(event.idempotency_key, "k#" + std::to_string(i));
  }
}

TEST_P(BatchReadingTest, CountsGoodAndBadEventsAndReadsThemAfterwards) {
  std::string body = GetParam() == Format::kArray
                         ? R"([{"type":"a.b","data":1}, 7, {"type":"bad"}])"
                         : "{\"type\":\"a.b\",\"data\":1}\n\n7\n \nno json";
  BatchReading reading(parser_, GetParam(), body, request_);
  EXPECT_EQ(reading.Count().value(), 3U);
  ASSERT_EQ(reading.ReadOn(kAll), false);
  const ParsedEvents events = reading.TakeEvents();
  EXPECT_EQ(DataOf(events), "1 ");
  EXPECT_EQ(events.rejected.size(), 2U);
}

TEST_P(BatchReadingTest, ABodyOfTooManyEventsIsRefusedByCountingAlone) {
  EXPECT_EQ(CountOf(Body(1, 8)).value(), 8U);
  EXPECT_EQ(CountOf(Body(1, 9)).error().code, Errc::kBatchTooLarge);
  std::string body = Body(1, 9);
  BatchReading reading(parser_, GetParam(), body, request_);
  EXPECT_EQ(reading.ReadOn(kAll).error().code, Errc::kBatchTooLarge);
}

INSTANTIATE_TEST_SUITE_P(Formats, BatchReadingTest, testing::Values(Format::kArray, Format::kLines),
                         [](const auto& format) {
                           return format.param == Format::kArray ? "Array" : "Lines";
                         });

class BatchReadingOfArraysTest : public BatchReadingTest {};

TEST_P(BatchReadingOfArraysTest, ASyntaxErrorIsFoundByReadingAndNotByCounting) {
  for (const char* text : {R"([{"type":"a.b"},)", R"([{"type":"a.b"}] x)", R"({"type":"a.b"})",
                           "[1 2]", "[", "", R"([{"type":"a.b"},{"type":"a.b","data":tru}])"}) {
    std::string body = text;
    BatchReading reading(parser_, GetParam(), body, request_);
    EXPECT_TRUE(reading.Count().has_value()) << text;
    EXPECT_FALSE(reading.ReadOn(kAll).has_value()) << text;
    std::string again = text;
    const auto whole = parser_.ParseArray(again, request_);
    ASSERT_FALSE(whole.has_value()) << text;
    BatchReading uncounted(parser_, GetParam(), body, request_);
    EXPECT_EQ(uncounted.ReadOn(kAll).error().detail, whole.error().detail) << text;
  }
}

TEST_P(BatchReadingOfArraysTest, AnEmptyOneHasNoEvents) {
  EXPECT_EQ(CountOf(" [ ] ").value(), 0U);
  std::string body = "[]";
  BatchReading reading(parser_, GetParam(), body, request_);
  EXPECT_EQ(reading.ReadOn(1), false);
}

INSTANTIATE_TEST_SUITE_P(Format, BatchReadingOfArraysTest, testing::Values(Format::kArray));

}  // namespace
}  // namespace notify
