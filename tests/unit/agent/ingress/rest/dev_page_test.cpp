#include "agent/ingress/rest/dev_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_dir.hpp"

namespace notify::agent::ingress {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(DevPage, ServesTheFirstBundleThatIsThere) {
  const testing_support::TempDir dir;
  const std::string path = dir.path() + "/signalr.min.js";
  std::ofstream(path) << "var signalR;";
  const DevPage page({"/nowhere/signalr.min.js", path});
  EXPECT_EQ(page.Script().value().body, "var signalR;");
  EXPECT_EQ(page.Script().value().content_type, "text/javascript; charset=utf-8");
}

TEST(DevPage, SaysWhatToRunWhereTheBundleIsMissing) {
  const DevPage page({"/nowhere/signalr.min.js"});
  EXPECT_FALSE(page.has_bundle());
  EXPECT_EQ(page.Script().error().code, Errc::kNotFound);
  EXPECT_THAT(page.Script().error().hint, HasSubstr("./dev setup"));
  EXPECT_THAT(page.Page().body, HasSubstr("./dev setup"));
}

TEST(DevPage, LoadsNothingFromElsewhere) {
  const auto page = DevPage({}).Page();
  EXPECT_THAT(page.body, HasSubstr("<script src=\"/dev/signalr.js\">"));
  EXPECT_THAT(page.body, Not(HasSubstr("//cdn")));
  EXPECT_THAT(page.headers.at(0).second, HasSubstr("default-src 'none'"));
}

TEST(DevPage, WritesWhatEventsSayAsTextOnly) {
  EXPECT_THAT(DevPage({}).Page().body, Not(HasSubstr("innerHTML")));
}

}  // namespace
}  // namespace notify::agent::ingress
