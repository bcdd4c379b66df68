#include "agent/schema/schema_store.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/temp_dir.hpp"

namespace notify::agent::schema {
namespace {

using ::notify::schema::Compatibility;

class SchemaStoreTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_->Migrate(SchemaStore::kSchema)); }

  SchemaStore::Put Add(const std::string& type, const std::string& text,
                       Compatibility rule = Compatibility::kNone) {
    StoredSchema draft;
    draft.type = type;
    draft.text = text;
    draft.rule = rule;
    return store_.Add(std::move(draft), clock_.WallNow()).value();
  }

  testing_support::TempDir folder_;
  testing_support::FakeClock clock_;
  std::unique_ptr<store::Database> database_ =
      store::Database::Open(folder_.path() + "/state.db", {}).value();
  SchemaStore store_{*database_};
};

TEST_F(SchemaStoreTest, CountsTheVersionsOfEachType) {
  EXPECT_EQ(Add("a.b", "{}").schema.version, 1);
  EXPECT_EQ(Add("a.b", "true").schema.version, 2);
  EXPECT_EQ(Add("c.d", "{}").schema.version, 1);
  EXPECT_EQ(store_.Get("a.b", std::nullopt)->text, "true");
  EXPECT_EQ(store_.Get("a.b", 1)->text, "{}");
  EXPECT_EQ(store_.Get("a.b", 3).error().code, Errc::kNotFound);
}

TEST_F(SchemaStoreTest, TheSameTextIsTheSameVersion) {
  Add("a.b", "{}");
  const auto again = Add("a.b", "{}");
  EXPECT_EQ(again.schema.version, 1);
  EXPECT_FALSE(again.created || again.changed);
  EXPECT_TRUE(Add("a.b", "{}", Compatibility::kFull).changed);
  EXPECT_EQ(store_.Get("a.b", std::nullopt)->rule, Compatibility::kFull);
}

TEST_F(SchemaStoreTest, NeverUsesAVersionAgain) {
  Add("a.b", "{}");
  ASSERT_TRUE(store_.Delete("a.b", clock_.WallNow()));
  EXPECT_EQ(store_.Get("a.b", std::nullopt).error().code, Errc::kNotFound);
  EXPECT_EQ(store_.Delete("a.b", clock_.WallNow()).error().code, Errc::kNotFound);
  EXPECT_EQ(Add("a.b", "{}").schema.version, 2);
  EXPECT_EQ(store_.Get("a.b", 1).error().code, Errc::kNotFound);
}

TEST_F(SchemaStoreTest, ListsPagesByType) {
  for (const char* type : {"c.c", "a.a", "b.b"}) Add(type, "{}");
  Add("a.a", "true");
  const auto page = store_.List("", 2).value();
  ASSERT_EQ(page.size(), 2U);
  EXPECT_EQ(page[0].type + page[1].type, "a.ab.b");
  EXPECT_EQ(page[0].version, 2);
  EXPECT_EQ(store_.List("b.b", 2)->at(0).type, "c.c");
}

TEST_F(SchemaStoreTest, SoManyVersionsAreInForce) {
  for (int i = 0; i < SchemaStore::kVersionsInForce + 2; ++i) {
    Add("a.b", "{\"minimum\": " + std::to_string(i) + "}");
  }
  const auto in_force = store_.InForce().value();
  ASSERT_EQ(in_force.size(), static_cast<std::size_t>(SchemaStore::kVersionsInForce));
  EXPECT_EQ(in_force.front().version, SchemaStore::kVersionsInForce + 2);
  EXPECT_EQ(in_force.back().version, 3);
}

}  // namespace
}  // namespace notify::agent::schema
