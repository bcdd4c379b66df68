#include "agent/schema/event_check.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.hpp"
#include "tests/support/seeded_random.hpp"
#include "tests/support/sim/sim_runtime.hpp"

namespace notify::agent::schema {
namespace {

class EventCheck : public testing::Test {
 protected:
  EventCheck() {
    auto schemas = std::make_shared<TenantSchemas>();
    schemas->Add("a.b",
                 {1, ::notify::schema::JsonSchema::Compile(R"({"type": "integer"})").value()}, 10);
    schemas_ = schemas;
  }
  std::vector<Misfit> Check(std::string body) {
    EventParser::Request request;
    request.tenant = "blue";
    body.reserve(body.size() + EventParser::Padding());
    events_ = parser_.ParseArray(body, request).value();
    return runtime_.Run(TakeMisfits(runtime_.io(0).executor(), schemas_, events_));
  }
  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < events_.batch.size(); ++i) {
      EventView event;
      EXPECT_TRUE(ReadRecord(events_.batch.Record(i), event));
      ids.emplace_back(event.id);
    }
    return ids;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{}, disk_};
  testing_support::FakeClock clock_;
  testing_support::SeededRandom random_;
  EventParser parser_{clock_, random_, {}};
  std::shared_ptr<const TenantSchemas> schemas_;
  ParsedEvents events_;
};

TEST_F(EventCheck, ABadEventCostsOneEvent) {
  const std::vector<Misfit> misfits = Check(
      R"([{"id":"1","type":"a.b","data":1},{"id":"2","type":"a.b","data":"x"},3,
          {"id":"4","type":"a.c","data":"x"},{"id":"5","type":"a.b"},{"id":"6","type":"a.b","data":6}])");
  EXPECT_EQ(Ids(), (std::vector<std::string>{"1", "4", "6"}));
  EXPECT_EQ(events_.indices, (std::vector<std::size_t>{0, 3, 5}));
  EXPECT_EQ(events_.has_caller_id, (std::vector<bool>{true, true, true}));
  ASSERT_EQ(misfits.size(), 2U);
  EXPECT_EQ(misfits[0].index, 1U);
  EXPECT_EQ(misfits[0].error.errors.at(0).pointer, "/data");
  EXPECT_EQ(misfits[1].index, 4U);
}

TEST_F(EventCheck, WhatFitsIsLeftAsItWas) {
  EXPECT_TRUE(Check(R"([{"id":"1","type":"a.b","data":1},{"id":"2","type":"x.y"}])").empty());
  EXPECT_EQ(Ids(), (std::vector<std::string>{"1", "2"}));
}

TEST_F(EventCheck, WhatIsForLaterIsCheckedWhenItIsAccepted) {
  const std::vector<Misfit> misfits = Check(
      R"([{"id":"1","type":"a.b","data":"x","scheduledat":"2027-01-01T00:00:00Z"},
          {"id":"2","type":"a.b","data":2,"scheduledat":"2027-01-01T00:00:00Z"},
          {"id":"3","type":"a.b","data":"y"}])");
  ASSERT_EQ(misfits.size(), 2U);
  EXPECT_EQ(misfits[0].index, 0U);
  EXPECT_EQ(misfits[1].index, 2U);
  EXPECT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_.held.indices, std::vector<std::size_t>{1});
  EXPECT_EQ(events_.held.due_ms.size(), 1U);
  EXPECT_EQ(events_.held.has_caller_id.size(), 1U);
}

}  // namespace
}  // namespace notify::agent::schema
