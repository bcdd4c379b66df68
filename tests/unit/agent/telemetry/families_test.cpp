#include "agent/telemetry/families.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace notify::agent::telemetry {
namespace {

std::map<std::string, std::string> LabelsByName() {
  std::map<std::string, std::string> table;
  for (const FamilyInfo& family : kFamilies) {
    std::string labels;
    for (std::size_t i = 0; i < family.LabelCount(); ++i) {
      labels.append(i == 0 ? "" : ",").append(family.labels[i]);
    }
    table.emplace(family.name, labels);
  }
  return table;
}

TEST(Families, HaveTheNamesAndLabelsThatDashboardsRelyOn) {
  const std::map<std::string, std::string> expected = {
      {"notify_http_requests_total", "route,method,status,tenant"},
      {"notify_http_request_seconds", "route"},
      {"notify_http_errors_total", "code,tenant"},
      {"notify_refusals_total", "reason,tenant"},
      {"notify_connections", "tenant,transport"},
      {"notify_events_in_total", "tenant"},
      {"notify_events_out_total", "tenant,transport"},
      {"notify_events_waiting", "tenant"},
      {"notify_commit_batch_events", ""},
      {"notify_commit_seconds", ""},
      {"notify_render_seconds", ""},
      {"notify_connections_near_limit_total", "tenant,limit"},
      {"notify_users_online", "tenant"},
      {"notify_bytes_in_total", "tenant"},
      {"notify_bytes_out_total", "tenant"},
      {"notify_dedupe_horizon_seconds", "tenant"},
      {"notify_disk_free_bytes", ""},
      {"notify_disk_level", ""},
      {"notify_events_expired_total", "tenant"},
      {"notify_log_bytes", "tenant"},
      {"notify_hub_messages_total", "tenant,direction"},
      {"notify_hub_invocations_total", "tenant,method,result"},
      {"notify_gateway_requests_total", "route,status,tenant"},
      {"notify_gateway_events_not_stored_total", "route,code,tenant"},
      {"notifications_sent_total", "tenant,channel"},
      {"notifications_delivered_total", "tenant,status"},
      {"notify_consumer_lag", "tenant"},
      {"notify_consumer_in_flight", "tenant"},
      {"notify_consumer_events_total", "tenant,outcome"},
      {"notify_events_scheduled", "tenant"},
      {"notify_scheduled_events_sent_total", "tenant"},
      {"notify_scheduled_events_late_seconds", ""},
      {"notify_build_info", "version"},
      {"process_resident_memory_bytes", ""},
      {"process_cpu_seconds_total", ""},
      {"process_open_fds", ""},
      {"process_start_time_seconds", ""},
      {"process_threads", ""}};
  EXPECT_EQ(LabelsByName(), expected);
}

TEST(Families, HaveDifferentNames) { EXPECT_EQ(LabelsByName().size(), kFamilies.size()); }

TEST(Families, CallTheirCountersTotalAndNothingElse) {
  for (const FamilyInfo& family : kFamilies) {
    EXPECT_EQ(family.name.ends_with("_total"), family.type == FamilyType::kCounter) << family.name;
  }
}

TEST(Families, SayWhatTheyMeanInOneLineThatNeedsNoEscape) {
  for (const FamilyInfo& family : kFamilies) {
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.help.find_first_of("\\\n|"), std::string_view::npos) << family.name;
    EXPECT_FALSE(family.help.ends_with('.')) << family.name;
  }
}

TEST(Families, NeverHaveALabelThatNamesAPerson) {
  for (const FamilyInfo& family : kFamilies) {
    for (const std::string_view label : family.labels) {
      EXPECT_THAT((std::vector<std::string_view>{"user", "recipient", "email", "address"}),
                  testing::Not(testing::Contains(label)));
    }
  }
}

}  // namespace
}  // namespace notify::agent::telemetry
