#include "tests/unit/cli/fake_api.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/client/ordered_calls.hpp"

namespace notify::cli::testing_support {
namespace {

class ScriptedSource final : public client::EventSource {
 public:
  explicit ScriptedSource(FakeApi::Reads reads) : reads_(std::move(reads)) {}

  Result<std::vector<client::SseMessage>> Read(std::chrono::milliseconds, int) override {
    if (next_ < reads_.batches.size()) return reads_.batches[next_++];
    return reads_.end;
  }
  std::chrono::milliseconds retry() const override { return std::chrono::milliseconds(1); }

 private:
  FakeApi::Reads reads_;
  std::size_t next_ = 0;
};

}  // namespace

class ScriptedDownload final : public client::Download {
 public:
  explicit ScriptedDownload(std::string body) : body_(std::move(body)) {}
  Result<std::string> Read(int) override {
    const std::string piece = body_.substr(0, 1000);
    body_.erase(0, piece.size());
    return piece;
  }
  std::string Header(const std::string&) const override { return {}; }

 private:
  std::string body_;
};

class ScriptedCalls final : public client::OrderedCalls {
 public:
  explicit ScriptedCalls(client::ApiClient& client) : client_(client) {}

  Status Send(const client::Request& request) override {
    sent_.push_back(request);
    return {};
  }
  Result<Value> Next(int) override {
    auto answer = client_.Call(sent_.front());
    sent_.pop_front();
    open_ = answer.has_value() && !answer->IsTrue("stopped");
    return answer;
  }
  bool open() const override { return open_; }

 private:
  client::ApiClient& client_;
  std::deque<client::Request> sent_;
  bool open_ = true;
};

class ScriptedClient final : public client::ApiClient {
 public:
  explicit ScriptedClient(FakeApi& api) : api_(api) {}

  Result<Value> Call(const client::Request& request) override {
    api_.calls_.push_back(request);
    if (api_.script_.empty()) {
      ADD_FAILURE() << "unexpected call of " << request.operation;
      return Fail(Errc::kInternal, "unexpected");
    }
    auto step = std::move(api_.script_.front());
    api_.script_.pop_front();
    EXPECT_EQ(step.operation, request.operation);
    EXPECT_NE(api::FindOperation(request.operation), nullptr) << request.operation;
    return std::move(step.answer);
  }

  Result<std::unique_ptr<client::EventSource>> Open(const client::Request& request) override {
    api_.calls_.push_back(request);
    if (api_.streams_.empty()) return Fail(Errc::kInterrupted, "The script has no more streams.");
    auto reads = std::move(api_.streams_.front());
    api_.streams_.pop_front();
    return std::make_unique<ScriptedSource>(std::move(reads));
  }

  Result<std::unique_ptr<client::OrderedCalls>> Ordered() override {
    return std::make_unique<ScriptedCalls>(*this);
  }

  Result<std::unique_ptr<client::Download>> Fetch(const client::Request& request) override {
    auto answer = Call(request);
    if (!answer) return std::move(answer.error());
    return std::make_unique<ScriptedDownload>(std::exchange(api_.download_, {}));
  }

  Result<Value> Upload(client::Request request, const client::UploadSource& source) override {
    while (true) {
      const auto piece = source();
      if (!piece) return piece.error();
      if (piece->empty()) break;
      request.body += *piece;
    }
    return Call(request);
  }

  std::string correlation_id() const override { return "c-7"; }
  std::string endpoint() const override { return "fake"; }
  std::optional<Clock::WallTime> agent_time() const override { return api_.agent_time; }

 private:
  FakeApi& api_;
};

FakeApi::~FakeApi() {
  for (const auto& step : script_) ADD_FAILURE() << "never called: " << step.operation;
  if (!streams_.empty()) ADD_FAILURE() << streams_.size() << " streams were never opened";
}

FakeApi& FakeApi::Answers(std::string operation, std::string_view json) {
  script_.push_back({std::move(operation), Value::Parse(json)});
  return *this;
}

FakeApi& FakeApi::Refuses(std::string operation, Error error) {
  script_.push_back({std::move(operation), Result<Value>(std::move(error))});
  return *this;
}

FakeApi& FakeApi::Downloads(std::string operation, std::string body) {
  download_ = std::move(body);
  return Answers(std::move(operation), "null");
}

FakeApi& FakeApi::Streams(Reads reads) {
  streams_.push_back(std::move(reads));
  return *this;
}

Value FakeApi::body() const {
  for (auto call = calls_.rbegin(); call != calls_.rend(); ++call) {
    if (!call->body.empty()) return Value::Parse(call->body).value_or(Value{});
  }
  return Value{};
}

std::string FakeApi::Query(std::string_view name) const {
  const auto& query = last().query;
  const auto found = std::ranges::find(query, name, [](const auto& pair) { return pair.first; });
  return found == query.end() ? std::string{} : found->second;
}

std::unique_ptr<client::ApiClient> FakeApi::Client() {
  return std::make_unique<ScriptedClient>(*this);
}

}  // namespace notify::cli::testing_support
