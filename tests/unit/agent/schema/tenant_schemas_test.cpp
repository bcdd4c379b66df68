#include "agent/schema/tenant_schemas.hpp"

#include <gtest/gtest.h>

namespace notify::agent::schema {
namespace {

SchemaPtr Compiled(const char* text) { return ::notify::schema::JsonSchema::Compile(text).value(); }

class TenantSchemasTest : public testing::Test {
 protected:
  TenantSchemasTest() {
    schemas_.Add("a.b", {1, Compiled("{\"properties\":\n{\"n\": {\"type\": \"string\"}}}")}, 3);
    schemas_.Add("a.b", {2, Compiled("{\"properties\":\n\n{\"n\": {\"type\": \"integer\"}}}")}, 3);
  }
  static EventView Event(std::string_view data, std::string_view dataschema = {}) {
    EventView event;
    event.type = "a.b";
    event.data_kind = DataKind::kJson;
    event.data = data;
    event.dataschema = dataschema;
    return event;
  }
  Status Check(const EventView& event) {
    std::size_t steps = 0;
    return schemas_.Check(event, steps);
  }
  TenantSchemas schemas_;
};

TEST_F(TenantSchemasTest, TheNewestVersionCounts) {
  EXPECT_TRUE(Check(Event(R"({"n": 1})")));
  const auto refused = Check(Event(R"({"n": "x"})"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalidEvent);
  EXPECT_EQ(refused.error().errors[0].pointer, "/data/n");
  EXPECT_EQ(refused.error().errors[0].line, 3);
  EXPECT_EQ(refused.error().detail,
            "The data does not fit the schema of type 'a.b', version 2: '/data/n' must be of type "
            "integer, and is of type string (line 3).");
}

TEST_F(TenantSchemasTest, AnEventMayNameTheVersionItWasMadeBy) {
  EXPECT_TRUE(Check(Event(R"({"n": "x"})", "https://h/api/schemas/a.b/versions/1")));
  EXPECT_TRUE(Check(Event(R"({"n": "x"})", "/t/blue/api/schemas/a.b/versions/1")));
  EXPECT_FALSE(Check(Event(R"({"n": 1})", "/api/schemas/a.b/versions/1")));
}

TEST_F(TenantSchemasTest, AVersionThatIsNotInForceIsRefused) {
  for (const char* uri : {"/api/schemas/a.b/versions/7", "/api/schemas/a.b/versions/x",
                          "/api/schemas/a.b/versions/"}) {
    const auto refused = Check(Event(R"({"n": 1})", uri));
    ASSERT_FALSE(refused) << uri;
    EXPECT_EQ(refused.error().errors[0].pointer, "/dataschema");
  }
}

TEST_F(TenantSchemasTest, ADataschemaOfOthersMeansNothingHere) {
  EXPECT_TRUE(Check(Event(R"({"n": 1})", "https://example.com/schema.json")));
  EXPECT_TRUE(Check(Event(R"({"n": 1})", "/api/schemas/c.d/versions/9")));
}

TEST_F(TenantSchemasTest, DataThatIsNotJsonIsRefused) {
  EventView event = Event({});
  event.data_kind = DataKind::kNone;
  EXPECT_EQ(Check(event).error().errors[0].pointer, "/data");
  event.data_kind = DataKind::kBytes;
  EXPECT_FALSE(Check(event));
}

TEST_F(TenantSchemasTest, TypesWithoutASchemaPass) {
  EventView event = Event("3");
  event.type = "a.c";
  EXPECT_TRUE(Check(event));
  schemas_.Remove("a.b");
  EXPECT_TRUE(Check(Event("3")));
  EXPECT_TRUE(schemas_.empty());
}

TEST_F(TenantSchemasTest, TheOldestVersionsGoOutOfForce) {
  schemas_.Add("a.b", {3, Compiled("{}")}, 2);
  ASSERT_EQ(schemas_.Find("a.b")->size(), 2U);
  EXPECT_EQ(schemas_.Find("a.b")->back().number, 2);
}

}  // namespace
}  // namespace notify::agent::schema
