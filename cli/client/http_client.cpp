#include <array>
#include <ctime>
#include <optional>

#include "cli/client/api_client.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/http_message.hpp"
#include "cli/client/http_ordered_calls.hpp"
#include "common/http/problem.hpp"

namespace notify::cli::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectLimit{5'000};

// RFC 9110 5.6.7, the form that senders must use.
std::optional<Clock::WallTime> ParseDate(const std::string& text) {
  std::tm parts{};
  const auto* end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return Clock::WallTime{std::chrono::seconds(::timegm(&parts))};
}

class HttpEventSource final : public EventSource {
 public:
  HttpEventSource(std::unique_ptr<Connection> connection, std::unique_ptr<AnswerReader> answer)
      : connection_(std::move(connection)), answer_(std::move(answer)) {}

  Result<std::vector<SseMessage>> Read(milliseconds limit, int interrupt) override {
    std::vector<SseMessage> messages;
    parser_.Feed(answer_->TakeBody(), messages);
    if (!messages.empty()) return messages;
    if (answer_->done()) return Fail(Errc::kAgentUnreachable, "The agent ended the stream.");
    std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
    auto n = connection_->Read(buffer, limit, interrupt);
    if (!n) return std::move(n.error());
    if (*n == 0) return Fail(Errc::kAgentUnreachable, "The agent closed the stream.");
    auto fed = answer_->Feed({buffer.data(), *n});
    if (!fed) return std::move(fed.error());
    parser_.Feed(answer_->TakeBody(), messages);
    return messages;
  }

  milliseconds retry() const override { return parser_.retry(); }

 private:
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<AnswerReader> answer_;
  SseParser parser_;
};

class HttpDownload final : public Download {
 public:
  HttpDownload(std::unique_ptr<Connection> connection, std::unique_ptr<AnswerReader> answer,
               milliseconds limit)
      : connection_(std::move(connection)), answer_(std::move(answer)), limit_(limit) {}

  Result<std::string> Read(int interrupt) override {
    std::string body = answer_->TakeBody();
    std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
    while (body.empty() && !answer_->done()) {
      auto n = connection_->Read(buffer, limit_, interrupt);
      if (!n) return std::move(n.error());
      auto fed = *n == 0 ? answer_->FeedEnd() : answer_->Feed({buffer.data(), *n});
      if (!fed) return std::move(fed.error());
      body = answer_->TakeBody();
    }
    return body;
  }

  std::string Header(const std::string& name) const override { return answer_->Header(name); }

 private:
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<AnswerReader> answer_;
  const milliseconds limit_;
};

class HttpApiClient final : public ApiClient {
 public:
  HttpApiClient(Endpoint endpoint, Caller caller)
      : endpoint_(std::move(endpoint)), caller_(std::move(caller)) {}

  Result<Value> Call(const Request& request) override {
    auto answer = Exchange(request, "application/json", /*whole=*/true);
    if (!answer) return std::move(answer.error());
    return ValueOf(**answer);
  }

  Result<std::unique_ptr<Download>> Fetch(const Request& request) override {
    auto answer = OpenBody(request, "*/*");
    if (!answer) return std::move(answer.error());
    return std::make_unique<HttpDownload>(std::move(connection_), std::move(*answer),
                                          caller_.limit);
  }

  Result<Value> Upload(Request request, const UploadSource& source) override {
    request.chunked = true;
    const auto head = BytesOf(endpoint_, caller_, request, "application/json");
    if (!head) return head.error();
    auto opened = Connection::Open(endpoint_, std::min(kConnectLimit, caller_.limit));
    if (!opened) return std::move(opened.error());
    connection_ = std::move(*opened);
    AnswerReader answer;
    auto sent = SendBody(*head, source, answer);
    auto read = sent ? ReadToEnd(answer) : sent;
    if (!read) {
      connection_.reset();
      return std::move(read.error());
    }
    return ValueOf(answer);
  }

  Result<std::unique_ptr<EventSource>> Open(const Request& request) override {
    auto answer = OpenBody(request, "text/event-stream");
    if (!answer) return std::move(answer.error());
    return std::make_unique<HttpEventSource>(std::move(connection_), std::move(*answer));
  }

  Result<std::unique_ptr<OrderedCalls>> Ordered() override {
    return OpenOrderedCalls(endpoint_, caller_);
  }

  std::string correlation_id() const override { return correlation_id_; }
  std::string endpoint() const override { return endpoint_.ToString(); }
  std::optional<Clock::WallTime> agent_time() const override { return agent_time_; }

 private:
  /// Sends all of a body, or as much as the agent takes: an early answer is in `answer` then.
  Status SendBody(const std::string& head, const UploadSource& source, AnswerReader& answer) {
    if (auto written = connection_->Write(head); !written) return written;
    while (true) {
      const auto piece = source();
      if (!piece) return piece.error();
      // A broken pipe is not the reason: that is in the answer.
      if (!connection_->Write(Chunk(*piece)) || piece->empty()) return {};
      std::array<char, 4096> buffer;  // NOLINT: filled by Read
      const auto early = connection_->Read(buffer, milliseconds(0), -1);
      if (!early && early.error().code == Errc::kTimeout) continue;
      if (!early) return early.error();
      return *early == 0 ? answer.FeedEnd() : answer.Feed({buffer.data(), *early});
    }
  }

  /// Calls on a connection of its own, and returns with the head of a 200.
  Result<std::unique_ptr<AnswerReader>> OpenBody(const Request& request, const char* accept) {
    connection_.reset();
    auto answer = Exchange(request, accept, /*whole=*/false);
    if (!answer || (*answer)->status() == 200) return answer;
    auto read = ReadToEnd(**answer);
    connection_.reset();
    if (!read) return std::move(read.error());
    return Refusal((*answer)->status(), (*answer)->TakeBody());
  }

  Result<Value> ValueOf(AnswerReader& answer) {
    const auto body = answer.TakeBody();
    if (!answer.keep_alive()) connection_.reset();
    if (answer.status() / 100 != 2) return Refusal(answer.status(), body);
    if (body.empty()) return Value{};
    if (answer.Header("Content-Type").find("json") == std::string::npos) return Value{body};
    auto value = Value::Parse(body);
    if (!value) return Fail(Errc::kInternal, "The agent's answer is not valid JSON.");
    return value;
  }

  // An agent may close a kept connection at any time, so what is safe to repeat is sent again.
  Result<std::unique_ptr<AnswerReader>> Exchange(const Request& request, const char* accept,
                                                 bool whole) {
    const auto* route = api::FindOperation(request.operation);
    if (route == nullptr) return Fail(Errc::kInternal, "No operation " + request.operation + ".");
    const auto bytes = BytesOf(endpoint_, caller_, request, accept);
    if (!bytes) return bytes.error();
    const bool kept = connection_ != nullptr;
    auto answer = TryOnce(*bytes, whole);
    const bool lost = !answer && answer.error().code == Errc::kAgentUnreachable;
    if (!lost || !kept || route->method == api::Method::kPost) return answer;
    connection_.reset();
    return TryOnce(*bytes, whole);
  }

  Result<std::unique_ptr<AnswerReader>> TryOnce(const std::string& bytes, bool whole) {
    if (!connection_) {
      auto opened = Connection::Open(endpoint_, std::min(kConnectLimit, caller_.limit));
      if (!opened) return std::move(opened.error());
      connection_ = std::move(*opened);
    }
    auto answer = std::make_unique<AnswerReader>();
    // An agent may refuse a large body before it has read it: its answer counts, not the broken
    // pipe.
    auto written = connection_->Write(bytes);
    auto read = whole ? ReadToEnd(*answer) : ReadHeaders(*answer);
    if (!read) {
      connection_.reset();
      return std::move(written ? read.error() : written.error());
    }
    agent_time_ = ParseDate(answer->Header("Date"));
    return answer;
  }

  Status ReadHeaders(AnswerReader& answer) {
    while (!answer.headers_done()) {
      auto more = ReadMore(answer);
      if (!more) return more;
    }
    return {};
  }

  Status ReadToEnd(AnswerReader& answer) {
    while (!answer.done()) {
      auto more = ReadMore(answer);
      if (!more) return more;
    }
    return {};
  }

  Status ReadMore(AnswerReader& answer) {
    std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
    auto n = connection_->Read(buffer, caller_.limit, -1);
    if (!n) return std::move(n.error());
    return *n == 0 ? answer.FeedEnd() : answer.Feed({buffer.data(), *n});
  }

  Error Refusal(int status, const std::string& body) {
    correlation_id_.clear();
    return http::ParseProblem(status, body, &correlation_id_);
  }

  const Endpoint endpoint_;
  const Caller caller_;
  std::unique_ptr<Connection> connection_;
  std::string correlation_id_;
  std::optional<Clock::WallTime> agent_time_;
};

}  // namespace

std::unique_ptr<ApiClient> MakeApiClient(Endpoint endpoint, Caller caller) {
  return std::make_unique<HttpApiClient>(std::move(endpoint), std::move(caller));
}

}  // namespace notify::cli::client
