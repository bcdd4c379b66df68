#include "agent/tenant/tenant_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tenants.hpp"

namespace notify::agent::tenant {
namespace {

using testing::HasSubstr;

std::string MistakeIn(std::string_view json) {
  const auto draft = ParseTenantDraft(json);
  return draft ? "none" : draft.error().detail;
}

TEST(TenantFields, ReadsAWholeTenant) {
  const auto draft = ParseTenantDraft(
      R"({"id":"blue","name":"Blue Bank","tier":"gold","hosts":["Blue.Example.COM"],)"
      R"("config":{"notifications.broadcast":["fx.*"],"hub.payload":"data"},)"
      R"("limits":{"eventsPerSecond":100,"eventsBurst":null}})");
  ASSERT_TRUE(draft) << draft.error().detail;
  EXPECT_EQ(draft->fields.name, "Blue Bank");
  EXPECT_EQ(draft->fields.hosts, std::vector<std::string>{"blue.example.com"});
  EXPECT_EQ(draft->fields.settings->broadcast, std::vector<std::string>{"fx.*"});
  EXPECT_EQ(draft->fields.settings->payload, HubPayload::kData);
  EXPECT_EQ(draft->fields.limits->events_per_second, 100U);
  EXPECT_FALSE(draft->fields.limits->events_burst);
}

TEST(TenantFields, NamesWhatIsWrong) {
  EXPECT_THAT(MistakeIn("[]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(MistakeIn("{}"), HasSubstr("/id is required"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","hosts":["a","a"]})"), HasSubstr("/hosts/1 is there twice"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","hosts":["a:80"]})"), HasSubstr("without a port"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","limits":{"connections":1.5}})"), HasSubstr("whole number"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","limits":{"connections":-1}})"), HasSubstr("whole number"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","config":{"hub.payload":"x"}})"),
              HasSubstr("envelope or data"));
}

TEST(TenantFields, WhatInboxesKeepIsASettingOfTheTenant) {
  const auto change = ParseTenantChange(
      R"({"config":{"notifications.inbox.retention":"7d","notifications.inbox.max_items":50}})",
      TenantRecord{});
  ASSERT_TRUE(change) << change.error().detail;
  const InboxSettings& inbox = change->settings->inbox;
  EXPECT_EQ(inbox.max_age_ms, 7LL * 24 * 3600 * 1000);
  EXPECT_EQ(inbox.max_items, 50U);
  EXPECT_EQ(SettingsFromJson(ConfigJson(*change->settings)).inbox, inbox);
  for (const auto* wrong :
       {R"("notifications.inbox.retention":"1ms")", R"("notifications.inbox.retention":7)",
        R"("notifications.inbox.max_items":0)", R"("notifications.inbox.max_items":100001)",
        R"("notifications.inbox.max_items":"50")"}) {
    const std::string body = std::string("{\"config\":{") + wrong + "}}";
    EXPECT_FALSE(ParseTenantChange(body, TenantRecord{})) << wrong;
  }
}

TEST(TenantFields, HowLongEventsStayIsASettingOfTheTenant) {
  TenantRecord now;
  now.settings.retention.max_events = 5;
  const auto change = ParseTenantChange(
      R"({"config":{"retention.max_age":"30d","retention.keep_bytes":"2GiB","retention.max_bytes":7,)"
      R"("retention.max_events":null,"retention.legal_hold":"case 7"},"limits":{"storageBytes":2000000}})",
      now);
  ASSERT_TRUE(change) << change.error().detail;
  const RetentionSettings& retention = change->settings->retention;
  EXPECT_EQ(retention.max_age_ms, 30LL * 24 * 3600 * 1000);
  EXPECT_EQ(retention.keep_bytes, 2ULL << 30);
  EXPECT_EQ(retention.max_bytes, 7U);
  EXPECT_FALSE(retention.max_events.has_value());
  EXPECT_EQ(retention.legal_hold, "case 7");
  EXPECT_EQ(change->limits->storage_bytes, 2'000'000U);
  EXPECT_EQ(SettingsFromJson(ConfigJson(*change->settings)).retention, retention);
  EXPECT_EQ(LimitsFromJson(LimitsJson(*change->limits)), *change->limits);
}

TEST(TenantFields, RetentionSaysWhatItsValuesMustBe) {
  const auto mistake = [](const std::string& config) {
    return MistakeIn(R"({"id":"b","config":{)" + config + "}}");
  };
  EXPECT_THAT(mistake(R"("retention.max_age":30)"), HasSubstr("a duration"));
  EXPECT_THAT(mistake(R"("retention.max_age":"1ms")"), HasSubstr("a duration"));
  EXPECT_THAT(mistake(R"("retention.max_bytes":-1)"), HasSubstr("a size"));
  EXPECT_THAT(mistake(R"("retention.max_events":0)"), HasSubstr("whole number from 1"));
  EXPECT_THAT(mistake(R"("retention.legal_hold":"")"), HasSubstr("say why"));
  EXPECT_THAT(mistake(R"("retention.max_evnts":1)"), HasSubstr("retention.max_events"));
  EXPECT_THAT(MistakeIn(R"({"id":"b","limits":{"storageBytes":5}})"), HasSubstr("bytes from"));
}

TEST(TenantFields, WhatHubMethodsLoseIsASettingOfTheTenant) {
  const auto change = ParseTenantChange(
      R"({"config":{"hub.methods":{"Broadcast":{"roles":["publisher","tenant-admin"],)"
      R"("perConnection":{"rate":"5/1m"},"perUser":{"rate":"10/1h","burst":3}},)"
      R"("Publish":{"enabled":false}}}})",
      TenantRecord{});
  ASSERT_TRUE(change) << change.error().detail;
  const MethodPolicy broadcast = PolicyOf(change->settings->methods, HubMethod::kBroadcast);
  RoleSet roles = Role::kPublisher;
  roles.Add(Role::kTenantAdmin);
  EXPECT_EQ(broadcast.roles, roles);
  EXPECT_EQ(broadcast.per_connection, (PaceLimit{Pace{5, std::chrono::minutes(1)}, {}}));
  EXPECT_EQ(broadcast.per_user, (PaceLimit{Pace{10, std::chrono::hours(1)}, 3}));
  EXPECT_FALSE(PolicyOf(change->settings->methods, HubMethod::kPublish).enabled);
  EXPECT_EQ(SettingsFromJson(ConfigJson(*change->settings)).methods, change->settings->methods);
}

TEST(TenantFields, HubMethodsSayWhatTheirMembersMustBe) {
  const auto mistake = [](const std::string& methods) {
    return MistakeIn(R"({"id":"b","config":{"hub.methods":)" + methods + "}}");
  };
  EXPECT_THAT(mistake("[]"), HasSubstr("/config/hub.methods must be a JSON object"));
  EXPECT_THAT(
      mistake(R"({"Broadcst":{}})"),
      HasSubstr("/config/hub.methods/Broadcst is not a hub method; did you mean Broadcast"));
  EXPECT_THAT(mistake(R"({"Ack":{"enabld":true}})"), HasSubstr("/config/hub.methods/Ack/enabld"));
  EXPECT_THAT(mistake(R"({"Ack":{"roles":["boss"]}})"), HasSubstr("/Ack/roles must be a list"));
  EXPECT_THAT(mistake(R"({"Ack":{"roles":[]}})"), HasSubstr("/Ack/roles must be a list"));
  EXPECT_THAT(mistake(R"({"Ack":{"perUser":{"rate":"5"}}})"), HasSubstr("/Ack/perUser/rate must"));
  EXPECT_THAT(mistake(R"({"Ack":{"perUser":{"burst":1}}})"), HasSubstr("rate is required"));
  EXPECT_THAT(mistake(R"({"Ack":{"perUser":{"rate":"5/1s","burst":0}}})"),
              HasSubstr("/Ack/perUser/burst must be a whole number from 1"));
}

TEST(TenantFields, WhatIsStoredReadsBackTheSame) {
  TenantSettings settings;
  settings.subscribable = {"a.b"};
  settings.payload = HubPayload::kData;
  TenantLimits limits;
  limits.connections = 4'000'000;
  limits.connections_soft = 3'000'000;
  EXPECT_EQ(SettingsFromJson(ConfigJson(settings)).subscribable, settings.subscribable);
  EXPECT_EQ(SettingsFromJson(ConfigJson(settings)).broadcast, settings.broadcast);
  EXPECT_EQ(SettingsFromJson(ConfigJson(settings)).payload, HubPayload::kData);
  EXPECT_EQ(LimitsFromJson(LimitsJson(limits)), limits);
  EXPECT_EQ(HostsFromJson(HostsJson({"a.b", "c"})), (std::vector<std::string>{"a.b", "c"}));
}

TEST(TenantFields, ShowsATenantWithoutItsKeys) {
  const auto record = testing_support::TenantRecordOf("blue");
  const std::string json = TenantJson(record);
  EXPECT_THAT(json, HasSubstr(R"("id":"blue","name":"blue","state":"active","tier":"standard")"));
  EXPECT_THAT(json, HasSubstr(R"("notifications.subscribable":null)"));
  EXPECT_THAT(json, HasSubstr(R"("connections":null)"));
  EXPECT_EQ(json.find("kkkk"), std::string::npos);
}

}  // namespace
}  // namespace notify::agent::tenant
