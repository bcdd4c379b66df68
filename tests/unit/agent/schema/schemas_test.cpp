#include "agent/schema/schemas.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_event_log.hpp"
#include "tests/support/sim/abandoned.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::schema {
namespace {

constexpr const char* kInteger = R"({"type": "integer"})";

class SchemasTest : public testing::Test {
 protected:
  struct Side {
    explicit Side(async::Runtime& runtime, Feedback& feedback)
        : platform(
              store::Database::Open("/platform.db", {.vfs = runtime.files().SqliteVfs()}).value()),
          databases(runtime.clock(), runtime.files().SqliteVfs(), {}),
          schemas(Schemas::Make({runtime, *platform, databases, feedback}).value()) {}
    std::unique_ptr<store::Database> platform;
    store::TenantDatabases databases;
    std::unique_ptr<Schemas> schemas;
  };

  SchemasTest() {
    for (const auto* folder : {"/blue", "/green"}) EXPECT_TRUE(disk_.MakeFolder(folder));
    Start();
  }
  void Start() {
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{.seed = ++seed_}, disk_);
    side_ = std::make_unique<Side>(*runtime_, log_);
  }
  void PowerCut() {
    runtime_->Crash();
    testing_support::sim::Abandon(std::move(side_));
    runtime_.reset();
    disk_.PowerCut(++seed_);
    Start();
  }

  Schemas& schemas() { return *side_->schemas; }
  Result<SchemaStore::Put> Put(const TenantHandle& tenant, const std::string& text,
                               const std::string& rule = {}, bool dry_run = false,
                               const std::string& type = "a.b") {
    return runtime_->Run(schemas().Put(tenant, {type, text, rule}, dry_run));
  }
  /// Whether every I/O thread lets an event of type a.b with this data pass.
  bool Passes(const TenantHandle& tenant, std::string_view data) {
    std::size_t passes = 0;
    for (std::size_t io = 0; io < runtime_->io_threads(); ++io) {
      auto set = runtime_->Run(schemas().Of(io, tenant), &runtime_->io(io).executor());
      EXPECT_TRUE(set);
      EventView event;
      event.type = "a.b";
      event.data_kind = DataKind::kJson;
      event.data = data;
      std::size_t steps = 0;
      if (!set || *set == nullptr || (*set)->Check(event, steps)) ++passes;
    }
    EXPECT_TRUE(passes == 0 || passes == runtime_->io_threads());
    return passes > 0;
  }

  testing_support::sim::SimDisk disk_;
  testing_support::FakeEventLog log_;
  std::uint64_t seed_ = 0;
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<Side> side_;
  TenantHandle blue_ = testing_support::TestTenant("blue", "/blue");
  TenantHandle green_ = testing_support::TestTenant("green", "/green");
};

TEST_F(SchemasTest, AreInForceOnEveryThreadWhenPutReturns) {
  EXPECT_TRUE(Passes(blue_, "\"x\""));
  ASSERT_TRUE(Put(blue_, kInteger));
  EXPECT_FALSE(Passes(blue_, "\"x\""));
  EXPECT_TRUE(Passes(blue_, "1"));
}

TEST_F(SchemasTest, OfOneTenantNeverTouchAnothersEvents) {
  ASSERT_TRUE(Put(blue_, "false"));
  EXPECT_FALSE(Passes(blue_, "1"));
  EXPECT_TRUE(Passes(green_, "1"));
  EXPECT_FALSE(schemas().HasAny(0, green_));
  ASSERT_TRUE(Put(green_, kInteger));
  EXPECT_FALSE(Passes(blue_, "1"));
  EXPECT_TRUE(Passes(green_, "1"));
  EXPECT_EQ(side_->databases.open(), 2U);
}

TEST_F(SchemasTest, SurviveAPowerCut) {
  ASSERT_TRUE(Put(blue_, kInteger));
  PowerCut();
  EXPECT_TRUE(schemas().HasAny(0, blue_));
  EXPECT_FALSE(schemas().HasAny(0, green_));
  EXPECT_EQ(side_->databases.open(), 0U);
  EXPECT_FALSE(Passes(blue_, "\"x\""));
}

TEST_F(SchemasTest, ThatCannotBeReadRefuseTheirEvents) {
  ASSERT_TRUE(Put(blue_, kInteger));
  {
    auto* state = side_->databases.Open(blue_, SchemaStore::kSchema).value();
    ASSERT_TRUE(state->Run("UPDATE schema_documents SET text='[]'"));
  }
  PowerCut();
  EXPECT_EQ(runtime_->Run(schemas().Of(0, blue_)).error().code, Errc::kInternal);
}

TEST_F(SchemasTest, EachChangeIsAnEventOfTheTenant) {
  ASSERT_TRUE(Put(blue_, kInteger, "full"));
  ASSERT_TRUE(Put(blue_, kInteger, "full"));
  ASSERT_TRUE(runtime_->Run(schemas().Delete(blue_, "a.b")));
  const auto& told = log_.Of(blue_);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].type, "tenant.schema.changed");
  EXPECT_EQ(told[0].data, R"({"type":"a.b","version":1,"compatibility":"full"})");
  EXPECT_EQ(told[1].type, "tenant.schema.deleted");
}

TEST_F(SchemasTest, TheRuleOfTheTypeIsKeptForLaterVersions) {
  ASSERT_TRUE(Put(blue_, kInteger));
  const auto refused = Put(blue_, R"({"type": "string"})");
  EXPECT_EQ(refused.error().code, Errc::kConflict);
  EXPECT_EQ(refused.error().errors[0].pointer, "/type");
  EXPECT_EQ(Put(blue_, R"({"type": "number"})")->schema.version, 2);
  EXPECT_EQ(Put(blue_, R"({"type": "string"})", "none")->schema.version, 3);
  EXPECT_TRUE(Put(blue_, R"({"type": "null"})"));
}

TEST_F(SchemasTest, ADryRunChangesNothing) {
  EXPECT_EQ(Put(blue_, kInteger, "", true)->schema.version, 1);
  EXPECT_FALSE(schemas().HasAny(0, blue_));
  EXPECT_TRUE(log_.Of(blue_).empty());
}

TEST_F(SchemasTest, DeletedOnesCheckNothing) {
  ASSERT_TRUE(Put(blue_, kInteger));
  ASSERT_TRUE(runtime_->Run(schemas().Delete(blue_, "a.b")));
  EXPECT_TRUE(Passes(blue_, "\"x\""));
  EXPECT_FALSE(schemas().HasAny(1, blue_));
  EXPECT_EQ(runtime_->Run(schemas().Delete(blue_, "a.b")).error().code, Errc::kNotFound);
  EXPECT_EQ(Put(blue_, kInteger)->schema.version, 2);
}

TEST_F(SchemasTest, ATenantThatIsMadeAgainHasNone) {
  ASSERT_TRUE(Put(blue_, kInteger));
  auto later = testing_support::TenantRecordOf("blue", "/blue", 2000);
  EXPECT_FALSE(schemas().HasAny(0, testing_support::TenantHandleOf(std::move(later))));
}

TEST_F(SchemasTest, GoWithTheirTenant) {
  ASSERT_TRUE(Put(blue_, kInteger));
  auto record = testing_support::TenantRecordOf("blue", "/blue", 1000);
  record.state = TenantState::kDeleting;
  runtime_->Run(schemas().LetGo(testing_support::TenantHandleOf(std::move(record))),
                &runtime_->platform());
  EXPECT_FALSE(schemas().HasAny(0, blue_));
  EXPECT_EQ(side_->platform->Number("SELECT count(*) FROM schema_tenants")->value(), 0);
}

TEST_F(SchemasTest, ATenantHasSoManyTypes) {
  for (std::size_t i = 0; i < Schemas::kMostTypes; ++i) {
    ASSERT_TRUE(Put(blue_, "{}", "", false, "a.t" + std::to_string(i)));
  }
  EXPECT_EQ(Put(blue_, "{}", "", false, "a.more").error().code, Errc::kConflict);
  EXPECT_TRUE(Put(blue_, "true", "", false, "a.t0"));
  EXPECT_TRUE(Put(green_, "{}"));
}

TEST_F(SchemasTest, WhatIsNoSchemaIsRefusedWithItsLine) {
  const auto refused = Put(blue_, "{\n\"type\": 3}");
  EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(refused.error().errors[0].line, 2);
  EXPECT_EQ(Put(blue_, "{}", "forward").error().code, Errc::kInvalidArgument);
}

}  // namespace
}  // namespace notify::agent::schema
