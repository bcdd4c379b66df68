#include "agent/ingress/signalr/upload.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "agent/async/task_group.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::ingress::signalr {
namespace {

class UploadTest : public testing::Test {
 protected:
  static constexpr std::size_t kAhead = 2;

  async::Task<void> PutOne(std::string item) {
    co_await upload_.Put(std::move(item));
    ++taken_;
  }
  async::Task<void> NextOne() {
    auto item = co_await upload_.Next();
    read_ += item ? item->value_or("end") : item.error().detail;
  }
  void Put(const std::string& item) {
    tasks_.Spawn(PutOne(item));
    runtime_.RunUntilIdle();
  }
  void Next() {
    tasks_.Spawn(NextOne());
    runtime_.RunUntilIdle();
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  Upload upload_{kAhead};
  async::TaskGroup tasks_{runtime_.io(0).executor()};
  std::size_t taken_ = 0;  // Items that the connection got rid of.
  std::string read_;
};

TEST_F(UploadTest, GivesTheItemsInTheirOrderAndThenTheEnd) {
  Put("a");
  Put("b");
  upload_.End(std::nullopt);
  for (int i = 0; i < 3; ++i) Next();
  EXPECT_EQ(read_, "abend");
}

TEST_F(UploadTest, AReaderWaitsForTheNextItem) {
  Next();
  EXPECT_EQ(read_, "");
  Put("a");
  EXPECT_EQ(read_, "a");
}

TEST_F(UploadTest, SoManyItemsAreThereAndNoMoreUntilOneIsRead) {
  for (const char* each : {"a", "b", "c"}) Put(each);
  EXPECT_EQ(taken_, kAhead);
  Next();
  EXPECT_EQ(taken_, 3U);
}

TEST_F(UploadTest, AnErrorOfTheClientComesBehindItsItems) {
  Put("a");
  upload_.End(Fail(Errc::kInvalidArgument, "broken"));
  upload_.End(std::nullopt);  // The first end counts.
  Next();
  Next();
  EXPECT_EQ(read_, "abroken");
}

TEST_F(UploadTest, WhoReadsNoMoreHoldsNobodyUp) {
  for (const char* each : {"a", "b", "c"}) Put(each);
  upload_.Stop();
  runtime_.RunUntilIdle();
  EXPECT_EQ(taken_, 3U);
  Put("d");
  EXPECT_EQ(taken_, 4U);
}

TEST_F(UploadTest, AnEndReleasesWhoWaitsToGive) {
  for (const char* each : {"a", "b", "c"}) Put(each);
  upload_.End(std::nullopt);
  runtime_.RunUntilIdle();
  EXPECT_EQ(taken_, 3U);
  for (int i = 0; i < 3; ++i) Next();
  EXPECT_EQ(read_, "abend");
}

}  // namespace
}  // namespace notify::agent::ingress::signalr
