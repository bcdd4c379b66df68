#include "agent/store/database_copy.hpp"

#include <gtest/gtest.h>

#include "agent/store/database.hpp"
#include "tests/support/temp_dir.hpp"

namespace notify::agent::store {
namespace {

class DatabaseCopyTest : public testing::Test {
 protected:
  DatabaseCopyTest() {
    EXPECT_TRUE(source_->Run("CREATE TABLE lines(n INTEGER, text TEXT)"));
    Write(200);
  }
  void Write(int lines) {
    const std::string text(500, 'x');
    for (int i = 0; i < lines; ++i) {
      ASSERT_TRUE(source_->Run("INSERT INTO lines VALUES(?, ?)", {++written_, text}));
    }
  }
  std::unique_ptr<DatabaseCopy> Begin() {
    auto copy = DatabaseCopy::Begin(source_path_, target_path_, "");
    EXPECT_TRUE(copy) << copy.error().detail;
    return std::move(*copy);
  }
  std::int64_t LinesOfCopy() {
    auto target = Database::Open(target_path_, {});
    EXPECT_TRUE(target);
    EXPECT_EQ((*target)->Number("PRAGMA integrity_check").value().value_or(0), 0);  // "ok"
    return *(*target)->Number("SELECT count(*) FROM lines").value();
  }

  testing_support::TempDir dir_;
  const std::string source_path_ = dir_.path() + "/source.db";
  const std::string target_path_ = dir_.path() + "/copy.db";
  std::unique_ptr<Database> source_ = std::move(*Database::Open(source_path_, {}));
  std::int64_t written_ = 0;
};

TEST_F(DatabaseCopyTest, HoldsWhatWasThereWhenItBegan) {
  const auto copy = Begin();
  ASSERT_FALSE(*copy->Step(1));
  Write(100);
  ASSERT_TRUE(source_->Run("DELETE FROM lines WHERE n <= 50"));
  while (!*copy->Step(3)) Write(1);
  EXPECT_EQ(LinesOfCopy(), 200);
}

TEST_F(DatabaseCopyTest, NeverStopsWhoWritesTheSource) {
  const auto copy = Begin();
  ASSERT_FALSE(*copy->Step(1));
  Write(1000);
  EXPECT_EQ(source_->Number("SELECT count(*) FROM lines").value(), 1200);
}

TEST_F(DatabaseCopyTest, ReplacesWhatAnEarlierOneLeft) {
  while (!*Begin()->Step(1000)) {
  }
  Write(10);
  while (!*Begin()->Step(1000)) {
  }
  EXPECT_EQ(LinesOfCopy(), 210);
}

TEST_F(DatabaseCopyTest, NeedsASource) {
  const auto copy = DatabaseCopy::Begin(dir_.path() + "/none.db", target_path_, "");
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace notify::agent::store
