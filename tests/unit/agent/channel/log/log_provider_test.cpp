#include "agent/channel/log/log_provider.hpp"

#include <gtest/gtest.h>

#include "common/log.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::channel {
namespace {

TEST(LogChannel, PrintsWhatWouldBeSent) {
  std::string lines;
  log::Configure(
      {.format = log::Format::kJson, .sink = [&](std::string_view line) { lines += line; }});
  testing_support::sim::SimDisk disk;
  testing_support::sim::SimRuntime runtime({}, disk);
  LogProvider provider;
  const auto tenant = testing_support::TenantHandleOf(testing_support::TenantRecordOf("blue"));
  const auto sent = runtime.Run(provider.Send(
      tenant, {.delivery_id = "d-1", .recipient = "user:alice", .body = "hello {Recipient}\n"}));
  log::Configure({});
  EXPECT_TRUE(sent->confirmed);
  EXPECT_NE(lines.find(R"("Body":"hello {Recipient}\n")"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"("TenantId":"blue")"), std::string::npos);
}

}  // namespace
}  // namespace notify::agent::channel
