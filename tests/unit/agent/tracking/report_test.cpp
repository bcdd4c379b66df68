#include "agent/tracking/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace notify::agent::tracking {
namespace {

Fact Ended(const std::string& status) {
  Fact fact;
  fact.delivery = "d-1";
  fact.notification = "n-1";
  fact.event = {Epoch{7}, Sequence{3}};
  fact.channel = "webhook";
  fact.status = status;
  fact.correlationid = "c-1";
  fact.causationid = "event-1";
  fact.detail = "bad \xff bytes";
  return fact;
}

TEST(Tracking, EachEndHasItsType) {
  EXPECT_EQ(EndedEvent(Ended("DELIVERED")).type, "notification.delivered");
  EXPECT_EQ(EndedEvent(Ended("SENT")).type, "notification.sent");
  EXPECT_EQ(EndedEvent(Ended("FAILED")).type, "delivery.failed");
}

TEST(Tracking, ADeliveryEndsUnderOneId) {
  EXPECT_EQ(EndedEvent(Ended("FAILED")).id, EndedEvent(Ended("DELIVERED")).id);
  EXPECT_NE(EndedEvent(Ended("FAILED")).id, CreatedEvent(Ended("")).id);
}

TEST(Tracking, TakenUpAgainItEndsAgain) {
  Fact again = Ended("DELIVERED");
  again.retries = 1;
  EXPECT_NE(EndedEvent(again).id, EndedEvent(Ended("FAILED")).id);
}

TEST(Tracking, TheChainOfCausesIsKept) {
  EXPECT_EQ(CreatedEvent(Ended("")).causationid, "event-1");
  EXPECT_EQ(EndedEvent(Ended("SENT")).causationid, "n-1");
  EXPECT_EQ(EndedEvent(Ended("SENT")).correlationid, "c-1");
}

TEST(Tracking, WhatAnInboxKeepsIsToldAsItIsShown) {
  Fact made = Ended("");
  EXPECT_EQ(CreatedEvent(made).data_json.find("content"), std::string::npos);
  made.content = R"({"title":"Hello","n":1.50})";
  const std::string data = CreatedEvent(made).data_json;
  EXPECT_TRUE(nlohmann::json::accept(data)) << data;
  EXPECT_NE(data.find(R"("content":{"title":"Hello","n":1.50}})"), std::string::npos) << data;
}

TEST(Tracking, WhatIsToldIsJsonWhateverTheEndpointSaid) {
  const auto data = nlohmann::json::parse(EndedEvent(Ended("FAILED")).data_json);
  EXPECT_EQ(data["event"], "7-3");
  EXPECT_EQ(data["status"], "FAILED");
}

}  // namespace
}  // namespace notify::agent::tracking
