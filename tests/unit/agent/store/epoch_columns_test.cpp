#include "agent/store/epoch_columns.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace notify::agent::store {
namespace {

TEST(ReplaceEpoch, ChangesEveryPositionOfTheLogAndNothingElse) {
  const testing_support::TempDir dir;
  const auto database = std::move(*Database::Open(dir.path() + "/state.db", {}));
  for (const std::string_view sql :
       {"CREATE TABLE cursor(epoch INTEGER, sequence INTEGER)",
        "CREATE TABLE consumer(name TEXT PRIMARY KEY, epoch INTEGER, handed_epoch INTEGER, "
        "epochs INTEGER) WITHOUT ROWID",
        "INSERT INTO cursor VALUES(7, 7)", "INSERT INTO consumer VALUES('a', 7, 7, 7)",
        "INSERT INTO consumer VALUES('b', 5, 0, 7)"}) {
    ASSERT_TRUE(database->Run(sql)) << sql;
  }
  ASSERT_TRUE(ReplaceEpoch(*database, Epoch{7}, Epoch{9}));
  EXPECT_EQ(database->Number("SELECT epoch*100 + sequence FROM cursor").value(), 907);
  EXPECT_EQ(database
                ->Number("SELECT epoch*100 + handed_epoch*10 + epochs FROM consumer WHERE "
                         "name='a'")
                .value(),
            997);
  EXPECT_EQ(database
                ->Number("SELECT epoch*100 + handed_epoch*10 + epochs FROM consumer WHERE "
                         "name='b'")
                .value(),
            507);
}

}  // namespace
}  // namespace notify::agent::store
