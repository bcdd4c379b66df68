#include "agent/ingress/rest/kept_answers.hpp"

#include <gtest/gtest.h>

#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/tenants.hpp"

namespace notify::agent::ingress::rest {
namespace {

using namespace std::chrono_literals;

class KeptAnswersTest : public testing::Test {
 protected:
  KeptAnswersTest() { Start(); }
  ~KeptAnswersTest() override { Stop(); }

  void Start() {
    for (const char* folder : {"/data", "/data/blue", "/data/green"}) {
      EXPECT_TRUE(disk_.MakeFolder(folder));
      EXPECT_TRUE(disk_.SyncFolder(folder));
    }
    EXPECT_TRUE(disk_.SyncFolder("/"));
    runtime_ = std::make_unique<testing_support::sim::SimRuntime>(
        testing_support::sim::SimOptions{}, disk_);
    const std::string vfs = runtime_->files().SqliteVfs();
    platform_ = store::Database::Open("/data/platform.db", {.vfs = vfs}).value();
    tenants_ = std::make_unique<store::TenantDatabases>(runtime_->clock(), vfs,
                                                        store::TenantDatabases::Options{});
    const KeySource source{.kind = KeySource::Kind::kFile, .value = "/data/master.key"};
    keyring_ = std::make_unique<store::Keyring>(
        store::Keyring::Open(*platform_, source, runtime_->files(), runtime_->random()).value());
    answers_ = KeptAnswers::Make({*runtime_, *platform_, *tenants_, *keyring_}).value();
  }
  void Stop() {
    answers_.reset();
    keyring_.reset();
    tenants_.reset();
    platform_.reset();
    runtime_.reset();
  }
  void PowerCut() {
    runtime_->Crash();
    Stop();
    disk_.PowerCut(3);
    Start();
  }

  using Owner = std::optional<TenantHandle>;
  static Owner Tenant(const std::string& name) {
    return testing_support::TenantHandleOf(testing_support::TenantRecordOf(name, "/data/" + name));
  }

  Result<std::optional<Response>> Begin(const Owner& owner, const std::string& key,
                                        const std::string& content = "body") {
    return runtime_->Run(answers_->Begin(owner, {key, content}));
  }
  void End(const Owner& owner, const std::string& key, const Response* response,
           const std::string& content = "body") {
    runtime_->Run(answers_->End(owner, {key, content}, response));
  }
  /// The whole of a first request.
  void Serve(const Owner& owner, const std::string& key, const std::string& answer) {
    ASSERT_FALSE(Begin(owner, key).value().has_value());
    Response response;
    response.status = 201;
    response.body = answer;
    response.headers = {{"Location", "/here"}};
    End(owner, key, &response);
  }
  /// What a repeat is answered; empty where the work would be done again.
  std::string Repeat(const Owner& owner, const std::string& key) {
    const auto given = Begin(owner, key).value();
    if (!given) End(owner, key, nullptr);
    return given ? given->body : std::string();
  }

  testing_support::sim::SimDisk disk_;
  std::unique_ptr<testing_support::sim::SimRuntime> runtime_;
  std::unique_ptr<store::Database> platform_;
  std::unique_ptr<store::TenantDatabases> tenants_;
  std::unique_ptr<store::Keyring> keyring_;
  std::unique_ptr<KeptAnswers> answers_;
};

TEST_F(KeptAnswersTest, GiveARepeatTheFirstAnswerWhole) {
  Serve(Tenant("blue"), "k", "first");
  const auto given = Begin(Tenant("blue"), "k").value();
  ASSERT_TRUE(given);
  EXPECT_EQ(given->status, 201);
  EXPECT_EQ(given->body, "first");
  EXPECT_EQ(given->content_type, "application/json");
  using Header = std::pair<std::string, std::string>;
  EXPECT_EQ(given->headers,
            (std::vector<Header>{{"Location", "/here"}, {"Idempotent-Replayed", "true"}}));
}

TEST_F(KeptAnswersTest, RefuseAnotherRequestUnderTheKey) {
  Serve(Tenant("blue"), "k", "first");
  EXPECT_EQ(Begin(Tenant("blue"), "k", "other").error().code, Errc::kIdempotencyKeyReused);
}

TEST_F(KeptAnswersTest, OfOneTenantAreNothingToAnotherOrToThePlatform) {
  Serve(Tenant("blue"), "k", "blue's");
  EXPECT_EQ(Repeat(Tenant("green"), "k"), "");
  EXPECT_EQ(Repeat(std::nullopt, "k"), "");
  Serve(std::nullopt, "k", "the platform's");
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "blue's");
  EXPECT_EQ(Repeat(std::nullopt, "k"), "the platform's");
}

TEST_F(KeptAnswersTest, SurviveAPowerCut) {
  Serve(Tenant("blue"), "k", "first");
  Serve(std::nullopt, "k", "the platform's");
  PowerCut();
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "first");
  EXPECT_EQ(Repeat(std::nullopt, "k"), "the platform's");
}

TEST_F(KeptAnswersTest, AreKeptFor24Hours) {
  Serve(Tenant("blue"), "k", "first");
  runtime_->RunFor(24h - 1s);
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "first");
  runtime_->RunFor(1s);
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "");
  Serve(Tenant("blue"), "k", "second");
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "second");
}

TEST_F(KeptAnswersTest, AskASecondRequestToWaitForTheFirst) {
  ASSERT_FALSE(Begin(Tenant("blue"), "k").value().has_value());
  const auto second = Begin(Tenant("blue"), "k");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::kConflict);
  EXPECT_EQ(second.error().retry_after, 1s);
  End(Tenant("blue"), "k", nullptr);
  EXPECT_FALSE(Begin(Tenant("blue"), "k").value().has_value());
}

TEST_F(KeptAnswersTest, AreNotReadableInTheFile) {
  Serve(Tenant("blue"), "k", "nk_blue_secret");
  for (const std::string name : {"state.db", "state.db-wal"}) {
    const auto bytes = runtime_->files().ReadAll("/data/blue/" + name, 1 << 24);
    if (!bytes) continue;
    EXPECT_EQ(bytes->find("nk_blue_secret"), std::string::npos) << name;
  }
}

TEST_F(KeptAnswersTest, ThatCannotBeOpenedAreNotTakenForNew) {
  Serve(Tenant("blue"), "k", "first");
  auto* database = tenants_->Open(*Tenant("blue"), AnswerTable::kSchema).value();
  ASSERT_TRUE(database->Run("UPDATE ingress_answers SET answer=x'00'"));
  EXPECT_EQ(Begin(Tenant("blue"), "k").error().code, Errc::kInternal);
}

TEST_F(KeptAnswersTest, DropTheOldWhenNewOnesCome) {
  for (int i = 0; i < 5; ++i) Serve(Tenant("blue"), "k" + std::to_string(i), "x");
  runtime_->RunFor(25h);
  Serve(Tenant("blue"), "new", "x");
  auto* database = tenants_->Open(*Tenant("blue"), AnswerTable::kSchema).value();
  EXPECT_EQ(database->Number("SELECT count(*) FROM ingress_answers").value(), 1);
}

TEST_F(KeptAnswersTest, AreBoundedInNumber) {
  Serve(Tenant("blue"), "oldest", "x");
  auto* database = tenants_->Open(*Tenant("blue"), AnswerTable::kSchema).value();
  // As if as many more had come since.
  ASSERT_TRUE(
      database->Run("INSERT INTO ingress_answers(number,name,kept_ms,answer) "
                    "SELECT ?1,x'01',kept_ms,x'00' FROM ingress_answers",
                    {AnswerTable::kMost}));
  EXPECT_EQ(Repeat(Tenant("blue"), "oldest"), "x");
  Serve(Tenant("blue"), "new", "x");
  EXPECT_EQ(Repeat(Tenant("blue"), "oldest"), "");
  EXPECT_EQ(Repeat(Tenant("blue"), "new"), "x");
}

TEST_F(KeptAnswersTest, ThatAreTooLargeAreNotKept) {
  Serve(Tenant("blue"), "k", std::string(AnswerTable::kMostBytes, 'x'));
  EXPECT_EQ(Repeat(Tenant("blue"), "k"), "");
}

TEST(KeptAnswersConcern, PostsWithAKeyThatIsNotTheirEvents) {
  RequestHead head;
  const api::Route post{api::Method::kPost, "/api/keys", "createKey", api::Access::kTenantAdmin,
                        ""};
  EXPECT_FALSE(KeptAnswers::Concerns(post, head));
  head.headers = {{"idempotency-key", "k"}};
  EXPECT_TRUE(KeptAnswers::Concerns(post, head));
  EXPECT_FALSE(KeptAnswers::Concerns(*api::FindOperation("publishEvent"), head));
  EXPECT_FALSE(KeptAnswers::Concerns(*api::FindOperation("publishBatch"), head));
  EXPECT_FALSE(KeptAnswers::Concerns(*api::FindOperation("listKeys"), head));
}

}  // namespace
}  // namespace notify::agent::ingress::rest
