// Streams of the log: gapless versions, what writers expect of them, and that they outlive
// everything.

#include <gtest/gtest.h>

#include "tests/unit/agent/eventlog/log_fixture.hpp"

namespace notify::agent::eventlog {
namespace {

using Names = std::vector<std::string>;

class StreamsTest : public ::testing::Test, public LogFixture {
 protected:
  StreamsTest() : LogFixture(1, SmallJournal()) {}

  void ExpectHead(const std::string& stream, std::uint64_t version, std::uint64_t first,
                  std::uint64_t last) {
    const StreamHead head = Stream(stream);
    EXPECT_EQ(head.version, version) << stream;
    EXPECT_EQ(head.first.value, first) << stream;
    EXPECT_EQ(head.last.value, last) << stream;
  }
};

TEST_F(StreamsTest, EventsOfAStreamHaveTheNextVersionsInTheOrderOfCommit) {
  ASSERT_TRUE(Append({Of("a", "1"), {"2"}, Of("b", "3"), Of("a", "4")}).has_value());
  ASSERT_TRUE(Append({Of("b", "5"), Of("a", "6")}).has_value());
  EXPECT_EQ(Versions(), (Names{"a@1", "b@1", "a@2", "b@2", "a@3"}));
  ExpectHead("a", 3, 1, 6);
  ExpectHead("b", 2, 3, 5);
  EXPECT_EQ(Stream("c").version, 0U);
}

TEST_F(StreamsTest, TheAnswerSaysTheVersionOfTheFirstEvent) {
  EXPECT_EQ(Append({Of("a", "1")})->stream_version, 1U);
  EXPECT_EQ(Append({{"2"}})->stream_version, 0U);
  EXPECT_EQ(Append({Of("a", "3")})->stream_version, 2U);
}

TEST_F(StreamsTest, AnExpectedVersionThatIsNotTheCurrentOneConflicts) {
  ASSERT_TRUE(Append({Of("a", "1", At(0))}).has_value());
  const auto refused = Append({Of("a", "2", At(0))});
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->accepted, 0U);
  ASSERT_EQ(refused->conflicts.size(), 1U);
  EXPECT_EQ(refused->conflicts[0].current_version, 1U);
  EXPECT_FALSE(refused->conflicts[0].follows_refused);
  EXPECT_EQ(Append({Of("a", "2", At(1))})->accepted, 1U);
  EXPECT_EQ(Append({Of("a", "3", At(7))})->conflicts.at(0).current_version, 2U);
  EXPECT_EQ(Ids(), (Names{"1", "2"})) << "a refused event takes no number";
}

TEST_F(StreamsTest, AVersionOfTheCallersMustBeTheNextOne) {
  Sent event = Of("a", "1");
  event.streamversion = "2";
  EXPECT_EQ(Append({event})->conflicts.size(), 1U);
  event.streamversion = "1";
  EXPECT_EQ(Append({event})->accepted, 1U);
  EXPECT_EQ(Versions(), (Names{"a@1"}));
}

TEST_F(StreamsTest, ADuplicateComesBeforeTheExpectedVersionAndTellsTheFirstOnesVersion) {
  ASSERT_EQ(Append({Of("a", "1", At(0))})->accepted, 1U);
  ASSERT_EQ(Append({Of("a", "2")})->accepted, 1U);
  for (int round = 0; round < 2; ++round) {
    const auto again = Append({Of("a", "1", At(0))});
    EXPECT_TRUE(again->conflicts.empty());
    ASSERT_EQ(again->duplicates.size(), 1U);
    EXPECT_EQ(again->duplicates[0].stream_version, 1U);
    Rest();
  }
  EXPECT_EQ(Stream("a").version, 2U);
}

TEST_F(StreamsTest, ARefusedEventIsNoDuplicateOfItselfLater) {
  ASSERT_EQ(Append({Of("a", "x", At(5))})->conflicts.size(), 1U);
  EXPECT_EQ(Append({Of("a", "x", At(0))})->accepted, 1U);
}

TEST_F(StreamsTest, BehindARefusedEventOfARequestItsStreamTakesNoMore) {
  ASSERT_TRUE(Append({Of("a", "0")}).has_value());
  const auto answer = Append({Of("b", "1", At(0)),
                              Of("a", "2", At(0)),
                              Of("a", "3", At(1)),
                              Of("a", "4"),
                              Of("b", "5", At(1)),
                              {"6"}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->accepted, 3U);
  ASSERT_EQ(answer->conflicts.size(), 3U);
  EXPECT_EQ(answer->conflicts[0].index, 1U);
  EXPECT_FALSE(answer->conflicts[0].follows_refused);
  EXPECT_TRUE(answer->conflicts[1].follows_refused) << "although 1 is the current version";
  EXPECT_TRUE(answer->conflicts[2].follows_refused);
  EXPECT_EQ(Ids(), (Names{"0", "1", "5", "6"})) << "what is accepted has no hole";
  EXPECT_EQ(Versions(), (Names{"a@1", "b@1", "b@2"}));
}

TEST_F(StreamsTest, ImportedHistoryBeginsWhereItBegins) {
  const auto history = [](const std::string& id, std::uint64_t version) {
    Sent sent = Of("a", id, ExpectedVersion{.version = version - 1, .or_begins = true});
    sent.streamversion = std::to_string(version);
    return sent;
  };
  ASSERT_EQ(Append({history("1", 51), history("2", 52)})->accepted, 2U);
  EXPECT_EQ(Append({history("3", 51)})->conflicts.size(), 1U) << "it has begun";
  ASSERT_EQ(Append({Of("a", "4")})->accepted, 1U);
  EXPECT_EQ(Versions(), (Names{"a@51", "a@52", "a@53"}));
  Rest();
  ExpectHead("a", 53, 1, 3);
}

TEST_F(StreamsTest, OneTenantsStreamIsNotAnothersOfThatName) {
  ASSERT_TRUE(Append({Of("a", "1"), Of("a", "2")}, "blue").has_value());
  EXPECT_EQ(Stream("a", "green").version, 0U);
  EXPECT_EQ(Append({Of("a", "1", At(0))}, "green")->accepted, 1U);
  EXPECT_EQ(Stream("a", "green").version, 1U);
  EXPECT_EQ(Stream("a", "blue").version, 2U);
  EXPECT_EQ(Versions("green"), (Names{"a@1"}));
}

TEST_F(StreamsTest, VersionsGoOnWhereTheyWereAfterEveryWayOfEnding) {
  std::uint64_t version = 0;
  const auto append_and_check = [&](const std::string& when) {
    SCOPED_TRACE(when);
    ASSERT_EQ(Append({Of("a", "a" + when, At(version)), Of("other", "o" + when)})->accepted, 2U);
    ++version;
    const StreamHead head = Stream("a");
    EXPECT_EQ(head.version, version);
    EXPECT_EQ(head.first.value, 1U);
    EXPECT_EQ(head.last.value, 2 * version - 1);
  };
  append_and_check("fresh");
  PowerCut(1);
  append_and_check("journal after a power cut");
  Rest();
  append_and_check("segments");
  PowerCut(2);
  append_and_check("segments and journal after a power cut");
  Rest();
  PowerCut(3);
  append_and_check("segments alone after a power cut");
  runtime_->RunFor(std::chrono::minutes(2));
  log_->CloseIdle();
  append_and_check("a log that was closed in between");
  Rest();
  EXPECT_EQ(Versions("blue", {.types = {}, .stream = "a"}).size(), version * 2)
      << "one block holds both streams";
}

TEST_F(StreamsTest, MergedBlocksKeepTheVersions) {
  Names expected;
  for (int i = 1; i <= 60; ++i) {
    const std::string id = std::to_string(i);
    ASSERT_EQ(Append({Of("a", "a" + id), {"n" + id}, Of("b" + id, "b" + id)})->accepted, 3U);
    expected.push_back("a@" + id);
    expected.push_back("b" + id + "@1");
  }
  Rest();
  StoredLog stored(runtime_->files(), 2);
  const auto blocks = stored.Read(Tenant("blue"), Sequence{0}, 100 << 20);
  ASSERT_TRUE(blocks.has_value());
  EXPECT_LT(blocks->size(), 60U) << "they were merged";
  EXPECT_EQ(Versions(), expected);
  PowerCut(1);
  EXPECT_EQ(Versions(), expected);
}

TEST_F(StreamsTest, ABlockThatIsTooLargeToMergeKeepsTheVersionsInItsHeader) {
  // Not one that a small journal takes.
  LogFixture log(2);
  std::vector<Sent> events;
  Names expected;
  for (int i = 1; i <= 200; ++i) {
    events.push_back(Of(i % 2 == 0 ? "even" : "odd", std::to_string(i)));
    events.back().data = '"' + std::string(1000, 'x') + '"';
    expected.push_back((i % 2 == 0 ? "even@" : "odd@") + std::to_string((i + 1) / 2));
  }
  ASSERT_EQ(log.Append(events)->accepted, 200U);
  log.Rest();
  StoredLog stored(log.runtime_->files(), 2);
  const auto blocks = stored.Read(Tenant("blue"), Sequence{0}, 100 << 20);
  ASSERT_EQ(blocks->size(), 1U);
  const auto block = DecodeBlock(blocks->front().bytes);
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->header.first_versions, (std::vector<std::uint64_t>{1, 1}));
  log.PowerCut(1);
  EXPECT_EQ(log.Versions(), expected);
}

TEST_F(StreamsTest, ReadingAStreamOpensNoBlockWithoutIt) {
  for (int i = 0; i < 4; ++i) {
    std::vector<Sent> events(70, Of(i == 2 ? "wanted" : "s" + std::to_string(i), ""));
    for (std::size_t n = 0; n < events.size(); ++n) {
      events[n].id = std::to_string(i) + "-" + std::to_string(n);
    }
    ASSERT_TRUE(Append(events).has_value());
    Rest();
  }
  StoredLog stored(runtime_->files(), 2);
  BlockSealer sealer(random_);
  StoredLog::Wanted wanted;
  wanted.stream = sealer.StreamKeyOf(Tenant("blue"), "wanted");
  const auto blocks = stored.Read(Tenant("blue"), Sequence{0}, 100 << 20, wanted);
  std::size_t opened = 0;
  for (const RawBlock& block : *blocks) opened += block.skipped ? 0U : 1U;
  EXPECT_GT(blocks->size(), opened);
  EXPECT_EQ(opened, 1U);
}

TEST_F(StreamsTest, NoNameOfAStreamLiesInTheClear) {
  ASSERT_TRUE(Append({Of("secret-stream", "1")}).has_value());
  Rest();
  for (const std::string folder : {"/data/journal", "/data/blue/log"}) {
    const auto names = disk_.List(folder);
    ASSERT_TRUE(names.has_value());
    for (const std::string& name : *names) {
      const auto bytes = disk_.ReadAll(folder + "/" + name, 64 << 20);
      EXPECT_EQ(bytes->find("secret-stream"), std::string::npos) << name;
    }
  }
}

TEST_F(StreamsTest, AFailedCommitGivesItsVersionsBack) {
  ASSERT_EQ(Append({Of("a", "1")})->accepted, 1U);
  disk_.Inject({.call = testing_support::sim::DiskCall::kSync, .nth = 1});
  const auto unknown = Append({Of("a", "2", At(1))});
  ASSERT_FALSE(unknown.has_value());
  disk_.ClearFaults();
  EXPECT_EQ(Stream("a").version, 1U);
  EXPECT_EQ(Append({Of("a", "2", At(1))})->accepted, 1U);
  EXPECT_EQ(Versions(), (Names{"a@1", "a@2"}));
}

TEST_F(StreamsTest, ManyStreamsEachHaveTheirOwnVersions) {
  constexpr int kStreams = 500;
  for (int round = 1; round <= 3; ++round) {
    for (int i = 0; i < kStreams; i += 20) {
      std::vector<Sent> events;
      for (int n = i; n < i + 20; ++n) {
        const std::string name = "s" + std::to_string(n);
        events.push_back(Of(name, name + "-" + std::to_string(round),
                            At(static_cast<std::uint64_t>(round - 1))));
      }
      ASSERT_EQ(Append(events)->accepted, 20U) << round;
    }
  }
  EXPECT_EQ(Stream("s0").version, 3U);
  EXPECT_EQ(Stream("s499").version, 3U);
}

/// An index that holds what it was given, for those who only look things up.
class FewStreams final : public CommitLog {
 public:
  std::map<StreamKey, StreamHead> stored;
  int lookups = 0;

  Result<StreamHead> Stream(const TenantHandle&, const StreamKey& stream) override {
    ++lookups;
    const auto found = stored.find(stream);
    return found == stored.end() ? StreamHead{} : found->second;
  }

  Result<LogExtent> Open(const TenantHandle&) override { return LogExtent{}; }
  Status MakeRoom(std::size_t) override { return {}; }
  std::uint64_t generation() const override { return 1; }
  std::vector<CommitOutcome> Commit(std::span<const BlockToCommit>, std::vector<Error>&) override {
    return {};
  }
  Status RecentKeys(const TenantHandle&, const OnKeys&) override { return {}; }
  Result<std::vector<std::unique_ptr<KeyRun>>> KeyRuns(const TenantHandle&) override {
    return std::vector<std::unique_ptr<KeyRun>>();
  }
  Result<std::string> BlockWith(const TenantHandle&, Sequence) override { return std::string(); }
  void Forget(const TenantId&) override {}
  void CloseFiles() override {}
};

class StreamVersionsTest : public ::testing::Test {
 protected:
  std::uint64_t VersionOf(std::uint64_t stream) {
    return versions_.Head(tenant_, {stream, stream})->version;
  }
  void Note(std::uint64_t generation, std::uint64_t stream, std::uint64_t version) {
    versions_.Note(generation, {stream, stream}, {version, Sequence{1}, Sequence{version}});
  }

  const TenantHandle tenant_ = LogFixture::Tenant("blue");
  FewStreams log_;
  StreamMemory memory_{.limit = 2, .used = 0};
  StreamVersions versions_{log_, memory_};
};

TEST_F(StreamVersionsTest, WhatIsInMemoryIsNotLookedUpAgain) {
  log_.stored[{7, 7}] = {3, Sequence{1}, Sequence{9}};
  EXPECT_EQ(VersionOf(7), 3U);
  EXPECT_EQ(VersionOf(7), 3U);
  EXPECT_EQ(VersionOf(8), 0U);
  EXPECT_EQ(VersionOf(8), 0U) << "that it has no event is known as well";
  EXPECT_EQ(log_.lookups, 2);
}

TEST_F(StreamVersionsTest, TheCacheIsBoundedAndAFullOneBeginsAgain) {
  for (std::uint64_t stream = 1; stream <= 10; ++stream) VersionOf(stream);
  EXPECT_LE(memory_.used, memory_.limit);
  EXPECT_EQ(log_.lookups, 10);
}

TEST_F(StreamVersionsTest, WhatTheJournalAloneHasIsNeverForgotten) {
  for (std::uint64_t stream = 1; stream <= 10; ++stream) Note(5, stream, stream * 10);
  for (std::uint64_t stream = 1; stream <= 10; ++stream) EXPECT_EQ(VersionOf(stream), stream * 10);
  Note(6, 1, 11);
  EXPECT_EQ(VersionOf(1), 11U);
  EXPECT_EQ(VersionOf(2), 20U) << "of the generation before";
  EXPECT_EQ(log_.lookups, 0);
}

TEST_F(StreamVersionsTest, AMovedGenerationReplacesWhatWasLookedUpBefore) {
  log_.stored[{7, 7}] = {3, Sequence{1}, Sequence{9}};
  EXPECT_EQ(VersionOf(7), 3U);
  Note(5, 7, 4);
  log_.stored[{7, 7}].version = 4;
  versions_.Moved(5);
  EXPECT_EQ(VersionOf(7), 4U);
}

}  // namespace
}  // namespace notify::agent::eventlog
