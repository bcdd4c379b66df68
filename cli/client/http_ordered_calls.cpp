#include "cli/client/http_ordered_calls.hpp"

#include <algorithm>
#include <array>

#include "cli/client/connection.hpp"
#include "cli/client/http_message.hpp"
#include "cli/client/request_headers.hpp"
#include "common/http/problem.hpp"

namespace notify::cli::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kConnectLimit{5'000};

class HttpOrderedCalls final : public OrderedCalls {
 public:
  HttpOrderedCalls(std::unique_ptr<Connection> connection, const Endpoint& endpoint,
                   const Caller& caller)
      : connection_(std::move(connection)), endpoint_(endpoint), caller_(caller) {}

  Status Send(const Request& request) override {
    const auto bytes = BytesOf(endpoint_, caller_, request, "application/json");
    if (!bytes) return bytes.error();
    auto written = connection_->Write(*bytes);
    if (!written) open_ = false;
    return written;
  }

  Result<Value> Next(int interrupt) override {
    AnswerReader answer;
    if (auto read = ReadWhole(answer, interrupt); !read) {
      open_ = false;
      return std::move(read.error());
    }
    const auto body = answer.TakeBody();
    rest_ = answer.TakeRest();
    open_ = open_ && answer.keep_alive();
    if (answer.status() / 100 != 2) return http::ParseProblem(answer.status(), body, nullptr);
    auto value = Value::Parse(body);
    if (!value) return Fail(Errc::kInternal, "The agent's answer is not valid JSON.");
    return value;
  }

  bool open() const override { return open_; }

 private:
  Status ReadWhole(AnswerReader& answer, int interrupt) {
    if (!rest_.empty()) {
      if (auto fed = answer.Feed(std::exchange(rest_, {})); !fed) return fed;
    }
    std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
    while (!answer.done()) {
      const auto n = connection_->Read(buffer, caller_.limit, interrupt);
      if (!n) return n.error();
      auto fed = *n == 0 ? answer.FeedEnd() : answer.Feed({buffer.data(), *n});
      if (!fed) return fed;
    }
    return {};
  }

  const std::unique_ptr<Connection> connection_;
  const Endpoint& endpoint_;
  const Caller& caller_;
  std::string rest_;  // Of the answers behind the one that was taken last.
  bool open_ = true;
};

}  // namespace

Result<std::string> BytesOf(const Endpoint& endpoint, const Caller& caller, const Request& request,
                            const char* accept) {
  const auto* route = api::FindOperation(request.operation);
  if (route == nullptr) return Fail(Errc::kInternal, "No operation " + request.operation + ".");
  auto target = endpoint.base + api::BuildPath(request.operation, request.path);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += separator + api::PercentEncode(name) + "=" + api::PercentEncode(value);
    separator = '&';
  }
  Headers headers = CallerHeaders(endpoint, caller);
  headers.emplace_back("Accept", request.accept.empty() ? accept : request.accept);
  if (!request.body.empty() || request.chunked) {
    headers.emplace_back("Content-Type", request.content_type);
  }
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  if (auto sound = CheckHeaders(headers); !sound) return sound.error();
  std::optional<std::string_view> body;
  if (!request.chunked) body = request.body;
  return RequestBytes(api::MethodName(route->method), target, headers, body);
}

Result<std::unique_ptr<OrderedCalls>> OpenOrderedCalls(const Endpoint& endpoint,
                                                       const Caller& caller) {
  auto connection = Connection::Open(endpoint, std::min(kConnectLimit, caller.limit));
  if (!connection) return std::move(connection.error());
  return std::make_unique<HttpOrderedCalls>(std::move(*connection), endpoint, caller);
}

}  // namespace notify::cli::client
