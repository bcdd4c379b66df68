#include "agent/channel/in_app/in_app_provider.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::channel {
namespace {

class Connections final : public LiveSink {
 public:
  async::Task<std::size_t> Invoke(TenantHandle tenant, LiveTarget target, std::string method,
                                  std::string argument) override {
    told = tenant.id().text() + " " + target.name + " " + method + " " + argument;
    co_return count;
  }
  async::Task<std::size_t> InvokeNewest(TenantHandle, LiveTarget, std::string, std::string,
                                        std::string) override {
    ADD_FAILURE() << "No notification takes another's place.";
    co_return 0;
  }
  std::size_t count = 1;
  std::string told;
};

class InApp : public testing::Test {
 protected:
  Result<Receipt> SendTo(const std::string& recipient) {
    return runtime_.Run(
        provider_.Send(tenant_, {.notification_json = "{}", .recipient = recipient}));
  }
  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  Connections live_;
  InAppProvider provider_{live_};
  const TenantHandle tenant_ =
      testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue"));
};

TEST_F(InApp, InvokesNotificationOnTheUsersConnections) {
  EXPECT_TRUE(SendTo("user:alice")->confirmed);
  EXPECT_EQ(live_.told, "blue alice notification {}");
}

TEST_F(InApp, InvokesNotificationOnTheTenantsConnections) {
  EXPECT_TRUE(SendTo("tenant"));
  EXPECT_EQ(live_.told, "blue  notification {}");
}

TEST_F(InApp, NobodyConnectedIsNotConfirmed) {
  live_.count = 0;
  EXPECT_FALSE(SendTo("tenant")->confirmed);
  EXPECT_EQ(SendTo("tenant")->detail, "Nobody was connected.");
  EXPECT_EQ(SendTo("user:alice")->detail, "Nobody was connected; the inbox has it.");
}

TEST_F(InApp, ReachesNothingElse) {
  EXPECT_EQ(SendTo("https://x.example").error().code, Errc::kInvalidArgument);
  EXPECT_EQ(live_.told, "");
}

}  // namespace
}  // namespace notify::agent::channel
