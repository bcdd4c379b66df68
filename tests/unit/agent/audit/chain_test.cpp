#include "agent/audit/chain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "common/encoding.hpp"

namespace notify::agent::audit {
namespace {

using testing::HasSubstr;

class ChainTest : public testing::Test {
 protected:
  ChainTest() {
    database_ = store::Database::Open(":memory:", {}).value();
    EXPECT_TRUE(database_->Migrate(ChainSchema()));
  }
  static CountedEntry Entry(const char* action, std::int64_t time_ms = 1000) {
    CountedEntry counted;
    counted.entry.actor = "user:alice";
    counted.entry.action = action;
    counted.entry.result = "refused";
    counted.time_ms = time_ms;
    return counted;
  }
  void Append(const char* action, std::int64_t time_ms = 1000) {
    const std::vector entries{Entry(action, time_ms)};
    ASSERT_TRUE(AppendToChain(*database_, entries));
  }
  std::vector<std::int64_t> Seqs(const AuditFilter& filter) {
    std::vector<std::int64_t> seqs;
    const auto records = ReadChain(*database_, "blue", filter);
    for (const auto& record : *records) seqs.push_back(record.seq);
    return seqs;
  }
  ChainReport Verified() { return VerifyChain(*database_).value(); }

  std::unique_ptr<store::Database> database_;
};

TEST_F(ChainTest, ARecordHasTheMembersOfTheContractAndTheHashOfItsBody) {
  Append("hub.join");
  const std::string body =
      R"({"seq":1,"time":"1970-01-01T00:00:01.000Z","actor":"user:alice","role":"","tenant":"",)"
      R"("action":"hub.join","target":"","result":"refused","code":"","address":"",)"
      R"("correlationId":"","count":1,"prevHash":")" +
      std::string(64, '0') + "\"}";
  const auto records = ReadChain(*database_, "blue", {}).value();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].json, RecordJson(body, ToHex(Sha256(body))));
}

TEST_F(ChainTest, EachRecordNamesTheHashOfTheOneBefore) {
  Append("tenant.create");
  Append("tenant.delete");
  const auto records = ReadChain(*database_, "blue", {}).value();
  const std::string first = records[0].json;
  const std::string hash = first.substr(first.size() - 66, 64);
  EXPECT_THAT(records[1].json, HasSubstr("\"prevHash\":\"" + hash + "\""));
  EXPECT_EQ(Verified().records, 2);
  EXPECT_FALSE(Verified().broken_at);
}

TEST_F(ChainTest, AnEmptyChainHolds) { EXPECT_EQ(Verified().head, GenesisHash()); }

TEST_F(ChainTest, AChangedRecordIsFound) {
  for (const char* action : {"a.one", "a.two", "a.three"}) Append(action);
  ASSERT_TRUE(
      database_->Run("UPDATE audit_records SET body=replace(body, 'alice', 'mallo') WHERE seq=2"));
  EXPECT_EQ(Verified().broken_at, 2);
  EXPECT_EQ(Verified().records, 1);
}

TEST_F(ChainTest, ARecordWhoseHashWasMadeAgainBreaksTheNext) {
  for (const char* action : {"a.one", "a.two", "a.three"}) Append(action);
  const std::string first = ReadChain(*database_, "", {.limit = 1}).value()[0].json;
  const std::string body = BodyOf(Entry("a.forged"), 2, first.substr(first.size() - 66, 64));
  ASSERT_TRUE(database_->Run("UPDATE audit_records SET body=?, hash=? WHERE seq=2",
                             {std::string_view(body), std::string_view(HashOf(body))}));
  EXPECT_EQ(Verified().broken_at, 3);
}

TEST_F(ChainTest, AMissingRecordIsFound) {
  for (const char* action : {"a.one", "a.two", "a.three"}) Append(action);
  ASSERT_TRUE(database_->Run("DELETE FROM audit_records WHERE seq=2"));
  EXPECT_EQ(Verified().broken_at, 2);
}

TEST_F(ChainTest, ListsByTimeActionAndResult) {
  Append("hub.join", 1000);
  Append("hub.publish", 2000);
  Append("tenant.create", 3000);
  EXPECT_EQ(Seqs({.since_ms = 2000}), (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(Seqs({.until_ms = 2000}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(Seqs({.action = "hub.*"}), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(Seqs({.action = "hub.join"}), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(Seqs({.action = "hub"}), (std::vector<std::int64_t>{}));
  EXPECT_EQ(Seqs({.result = "granted"}), (std::vector<std::int64_t>{}));
  EXPECT_EQ(Seqs({.limit = 2, .last = true}), (std::vector<std::int64_t>{2, 3}));
}

TEST_F(ChainTest, ACursorGoesOnAfterTheLastRecord) {
  for (int i = 0; i < 5; ++i) Append("a.b", 1000);
  const auto page = ReadChain(*database_, "blue", {.limit = 2}).value();
  EXPECT_EQ(Seqs({.cursor = CursorOf(page.back())}), (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(ReadChain(*database_, "blue", {.cursor = "rubbish"}).error().code,
            Errc::kInvalidArgument);
}

TEST_F(ChainTest, BytesThatAreNoTextAreMadeText) {
  CountedEntry entry = Entry("http.request");
  entry.entry.target = "/api/\xff\"" + std::string(1000, 'x');
  Clean(entry.entry);
  ASSERT_TRUE(AppendToChain(*database_, std::span(&entry, 1)));
  EXPECT_THAT(ReadChain(*database_, "", {}).value()[0].json, HasSubstr("/api/?\\\"xx"));
  EXPECT_EQ(entry.entry.target.size(), 512U);
}

}  // namespace
}  // namespace notify::agent::audit
