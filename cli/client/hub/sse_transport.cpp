#include <algorithm>
#include <array>

#include "cli/client/event_source.hpp"
#include "cli/client/http_message.hpp"
#include "cli/client/hub/transport.hpp"
#include "common/http/problem.hpp"

namespace notify::cli::client {
namespace {

using std::chrono::milliseconds;

// The messages' way here: one answer that goes on.
class EventStream {
 public:
  explicit EventStream(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  Status Open(std::string_view target, const Headers& headers, milliseconds limit) {
    if (auto sound = CheckHeaders(headers); !sound) return sound;
    const auto written = connection_->Write(RequestBytes("GET", target, headers, ""));
    while (!answer_.headers_done() || (answer_.status() != 200 && !answer_.done())) {
      const auto n = Feed(limit, -1);
      if (!n) return written ? n.error() : written.error();
    }
    if (answer_.status() != 200) {
      return http::ParseProblem(answer_.status(), answer_.TakeBody(), nullptr);
    }
    if (!answer_.Header("Content-Type").starts_with("text/event-stream")) {
      return Fail(Errc::kUnavailable, "The hub's answer is no stream of events.");
    }
    return {};
  }

  Result<std::string> Read(milliseconds limit, int interrupt) {
    auto data = TakeData();
    if (!data.empty()) return data;
    if (answer_.done()) return Fail(Errc::kAgentUnreachable, "The hub ended the stream.");
    auto fed = Feed(limit, interrupt);
    if (!fed) return std::move(fed.error());
    return TakeData();
  }

 private:
  Status Feed(milliseconds limit, int interrupt) {
    std::array<char, 64 * 1024> buffer;  // NOLINT: filled by Read
    const auto n = connection_->Read(buffer, limit, interrupt);
    if (!n) return n.error();
    return *n == 0 ? answer_.FeedEnd() : answer_.Feed({buffer.data(), *n});
  }

  std::string TakeData() {
    std::vector<SseMessage> messages;
    parser_.Feed(answer_.TakeBody(), messages);
    std::string data;
    for (const auto& message : messages) {
      if (message.event.empty() || message.event == "message") data += message.data;
    }
    return data;
  }

  const std::unique_ptr<Connection> connection_;
  AnswerReader answer_;
  SseParser parser_;
};

class SseTransport final : public HubTransport {
 public:
  SseTransport(const Dial& dial, TransportAddress address, std::unique_ptr<EventStream> stream)
      : dial_(dial), address_(std::move(address)), stream_(std::move(stream)) {}

  Status Send(std::string_view bytes, signalr::TransferFormat /*format*/) override {
    auto open = ConnectToSend();
    if (!open) return open;
    auto headers = TransportHeaders(address_);
    headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    auto answer = Post(*sender_, address_.url.Target({}, "id=" + EncodeQueryValue(address_.id)),
                       headers, bytes, address_.caller.limit);
    if (!answer || !answer->keep_alive) sender_.reset();
    if (!answer) return std::move(answer.error());
    if (answer->status / 100 == 2) return {};
    return http::ParseProblem(answer->status, answer->body, nullptr);
  }

  Result<std::string> Read(milliseconds limit, int interrupt) override {
    return stream_->Read(limit, interrupt);
  }

  void Close() override {}  // The end of the stream says it.

 private:
  // A kept connection may have been closed meanwhile, and a POST must not be sent twice.
  Status ConnectToSend() {
    if (sender_) {
      std::array<char, 1> nothing{};
      const auto read = sender_->Read(nothing, milliseconds(0), -1);
      if (!read && read.error().code == Errc::kTimeout) return {};
    }
    auto opened = dial_(address_.url.endpoint, std::min(kConnectLimit, address_.caller.limit));
    if (!opened) return std::move(opened.error());
    sender_ = std::move(*opened);
    return {};
  }

  const Dial& dial_;
  const TransportAddress address_;
  const std::unique_ptr<EventStream> stream_;
  std::unique_ptr<Connection> sender_;
};

}  // namespace

Result<std::unique_ptr<HubTransport>> OpenSseTransport(const Dial& dial,
                                                       const TransportAddress& address) {
  auto connection = dial(address.url.endpoint, std::min(kConnectLimit, address.caller.limit));
  if (!connection) return std::move(connection.error());
  auto stream = std::make_unique<EventStream>(std::move(*connection));
  auto headers = TransportHeaders(address);
  headers.emplace_back("Accept", "text/event-stream");
  const auto opened = stream->Open(address.url.Target({}, "id=" + EncodeQueryValue(address.id)),
                                   headers, address.caller.limit);
  if (!opened) return opened.error();
  return std::make_unique<SseTransport>(dial, address, std::move(stream));
}

}  // namespace notify::cli::client
