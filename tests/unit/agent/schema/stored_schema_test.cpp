#include "agent/schema/stored_schema.hpp"

#include <gtest/gtest.h>

namespace notify::agent::schema {
namespace {

std::string PointerOf(const Error& error) {
  return error.errors.empty() ? error.detail : error.errors[0].pointer;
}

TEST(StoredSchema, ADraftKeepsTheSchemaAsItStandsInTheBody) {
  const auto draft = ParseSchemaDraft(
      "{\"type\": \"a.b\", \"schema\": {\n \"type\" : \"object\"}, \"compatibility\": \"full\"}");
  ASSERT_TRUE(draft);
  EXPECT_EQ(draft->type, "a.b");
  EXPECT_EQ(draft->text, "{\n \"type\" : \"object\"}");
  EXPECT_EQ(draft->compatibility, "full");
}

TEST(StoredSchema, ADraftMayBringItsTextInAString) {
  EXPECT_EQ(ParseSchemaDraft(R"({"type": "a.b", "schema": "{\n\"type\": \"null\"}"})")->text,
            "{\n\"type\": \"null\"}");
}

TEST(StoredSchema, ADraftSaysWhatIsWrongWithIt) {
  EXPECT_EQ(ParseSchemaDraft("[]").error().code, Errc::kInvalidJson);
  EXPECT_EQ(ParseSchemaDraft(R"({"type": "a.b", "schema": {)").error().code, Errc::kInvalidJson);
  EXPECT_EQ(PointerOf(ParseSchemaDraft(R"({"schema": {}})").error()), "/type");
  EXPECT_EQ(PointerOf(ParseSchemaDraft(R"({"type": "a.b"})").error()), "/schema");
  EXPECT_EQ(PointerOf(ParseSchemaDraft(R"({"type": 1, "schema": {}})").error()), "/type");
  EXPECT_EQ(PointerOf(ParseSchemaDraft(R"({"type": "a.b", "shema": {}})").error()), "/shema");
}

TEST(StoredSchema, OnlyTypesThatCallersPublishHaveSchemas) {
  EXPECT_TRUE(CheckSchemaType("a.b"));
  EXPECT_EQ(CheckSchemaType("nodot").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(CheckSchemaType("tenant.created").error().code, Errc::kTypeReserved);
}

TEST(StoredSchema, ShowsTheDocumentAndItsText) {
  StoredSchema schema;
  schema.type = "a.b";
  schema.text = "{\n}";
  EXPECT_EQ(SchemaJson(schema, true),
            "{\"id\":\"a.b\",\"type\":\"a.b\",\"version\":1,\"compatibility\":\"backward\","
            "\"bytes\":3,\"createdAt\":\"1970-01-01T00:00:00.000Z\",\"created\":true,"
            "\"schema\":{\n},\"text\":\"{\\n}\"}");
}

}  // namespace
}  // namespace notify::agent::schema
