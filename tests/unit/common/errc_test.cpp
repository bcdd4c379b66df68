#include "common/errc.hpp"

#include <gtest/gtest.h>

#include <set>

namespace notify {
namespace {

TEST(Errc, EveryCodeHasItsOwnNameAndASentence) {
  std::set<std::string_view> names;
  for (const ErrcInfo& row : AllErrcs()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(row.sentence.ends_with('.')) << row.name;
    EXPECT_EQ(ErrcFromName(row.name), row.code);
  }
}

TEST(Errc, OnlyErrorsLeaveTheAgentAndTheCommandLine) {
  for (const ErrcInfo& row : AllErrcs()) {
    EXPECT_GE(row.http_status, 400) << row.name;
    EXPECT_GT(row.exit_code, 0) << row.name;
  }
}

TEST(Errc, AnUnknownNameIsNoCode) { EXPECT_FALSE(ErrcFromName("no_such_code").has_value()); }

}  // namespace
}  // namespace notify
