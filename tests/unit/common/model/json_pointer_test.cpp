#include "common/model/json_pointer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify {
namespace {

// The document and the answers of RFC 6901 5.
const nlohmann::json kDocument = nlohmann::json::parse(R"({"foo": ["bar", "baz"], "": 0, "a/b": 1,
  "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8})");

TEST(JsonPointer, FindsWhatTheStandardSays) {
  EXPECT_EQ(FindByPointer(kDocument, ""), &kDocument);
  EXPECT_EQ(*FindByPointer(kDocument, "/foo/0"), "bar");
  EXPECT_EQ(*FindByPointer(kDocument, "/"), 0);
  EXPECT_EQ(*FindByPointer(kDocument, "/a~1b"), 1);
  EXPECT_EQ(*FindByPointer(kDocument, "/m~0n"), 8);
}

TEST(JsonPointer, FindsNothingBesides) {
  for (const auto* pointer : {"/none", "/foo/2", "/foo/01", "/foo/-", "/foo/0/x", "foo", "/m~2n"}) {
    EXPECT_EQ(FindByPointer(kDocument, pointer), nullptr) << pointer;
  }
}

TEST(JsonPointer, BeginsWithASlashAndEscapesAsItShould) {
  EXPECT_TRUE(IsJsonPointer(""));
  EXPECT_TRUE(IsJsonPointer("/a~0~1"));
  EXPECT_FALSE(IsJsonPointer("a"));
  EXPECT_FALSE(IsJsonPointer("/a~"));
  EXPECT_FALSE(IsJsonPointer("/a~2"));
}

TEST(JsonPointer, EscapesAName) { EXPECT_EQ(PointerToken("a/b~c"), "a~1b~0c"); }

}  // namespace
}  // namespace notify
