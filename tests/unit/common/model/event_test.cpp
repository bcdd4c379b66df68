#include "common/model/event.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

EventView Sample() {
  EventView event;
  event.id = "1";
  event.source = "/s";
  event.type = "a.b";
  event.userid = "alice";
  event.topic = "fx";
  event.extensions = {{"region", "\"eu\""}, {"level", "3"}};
  event.data_kind = DataKind::kJson;
  event.data = R"({"x":1e400})";
  return event;
}

TEST(EventRecord, ReadsBackWhatItWrote) {
  std::string bytes;
  AppendRecord(bytes, Sample());
  EventView read;
  ASSERT_EQ(ReadRecord(bytes, read), bytes.size());
  EXPECT_EQ(read.id, "1");
  EXPECT_EQ(read.userid, "alice");
  EXPECT_EQ(read.extensions.at(1).value, "3");
  EXPECT_EQ(read.data, R"({"x":1e400})");
  EXPECT_TRUE(read.subject.empty());
}

TEST(EventRecord, RecordsFollowEachOther) {
  std::string bytes;
  AppendRecord(bytes, Sample());
  const std::size_t first = bytes.size();
  AppendRecord(bytes, Sample());
  EventView read;
  EXPECT_EQ(ReadRecord(bytes, read), first);
  EXPECT_EQ(ReadRecord(std::string_view(bytes).substr(first), read), bytes.size() - first);
}

TEST(EventRecord, KeysAreReadWithoutTheRest) {
  std::string bytes;
  AppendRecord(bytes, Sample());
  const auto keys = ReadRecordKeys(bytes);
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ(keys->type, "a.b");
  EXPECT_EQ(keys->userid, "alice");
  EXPECT_EQ(keys->topic, "fx");
}

TEST(EventRecord, EveryTruncationIsRefused) {
  std::string bytes;
  AppendRecord(bytes, Sample());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EventView read;
    EXPECT_FALSE(ReadRecord(std::string_view(bytes).substr(0, length), read)) << length;
  }
}

TEST(EventRecord, AnUnknownTagIsRefused) {
  std::string bytes;
  AppendRecord(bytes, Sample());
  bytes[5] = 0x55;
  EventView read;
  EXPECT_FALSE(ReadRecord(bytes, read).has_value());
}

TEST(EventRecord, KeysSayWhetherItIsHistory) {
  const auto keys_of = [](std::vector<Extension> extensions) {
    EventView event = Sample();
    event.extensions = std::move(extensions);
    std::string bytes;
    AppendRecord(bytes, event);
    return *ReadRecordKeys(bytes);
  };
  EXPECT_FALSE(keys_of({{"region", "\"eu\""}}).imported);
  EXPECT_TRUE(keys_of({{"region", "\"eu\""}}).fires_triggers);
  const Extension imported{kImportedAttribute, "true"};
  const Extension fires{kFireTriggersAttribute, "true"};
  EXPECT_TRUE(keys_of({imported}).imported);
  EXPECT_FALSE(keys_of({imported}).fires_triggers);
  EXPECT_TRUE(keys_of({imported, fires}).fires_triggers);
  EXPECT_EQ(keys_of({{kStandsForAttribute, "7"}, imported}).stands_for, 7U);
}

}  // namespace
}  // namespace notify
