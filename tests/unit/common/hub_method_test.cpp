#include "common/hub_method.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(HubMethodTest, EachHasANameThatIsReadBackAsTheSame) {
  for (std::size_t i = 0; i < kHubMethods; ++i) {
    const auto method = static_cast<HubMethod>(i);
    EXPECT_EQ(HubMethodFromName(HubMethodName(method)), method);
  }
  EXPECT_EQ(HubMethodName(HubMethod::kUnsubscribePresence), "UnsubscribePresence");
}

TEST(HubMethodTest, OtherNamesAreNone) {
  for (const char* name : {"", "publish", "Publish ", "connected"}) {
    EXPECT_FALSE(HubMethodFromName(name)) << name;
  }
}

}  // namespace
}  // namespace notify
