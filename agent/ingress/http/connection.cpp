#include "agent/ingress/http/connection.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdio>
#include <limits>
#include <optional>
#include <utility>

#include "agent/ingress/http/date.hpp"
#include "agent/ingress/http/wire.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::ingress {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t kBodyStep = 256 << 10;
// From here on a copy costs more than two calls of the system.
constexpr std::size_t kWorthACall = 64 << 10;

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

Error BadSyntax(const boost::system::error_code& ec) {
  if (ec == http::error::header_limit) {
    return Fail(Errc::kInvalidArgument, "The request's head is too large.");
  }
  if (ec == http::error::body_limit) {
    return Fail(Errc::kBodyTooLarge, "The request's body is too large.");
  }
  return Fail(Errc::kInvalidArgument, "This is not an HTTP request: " + ec.message() + ".");
}

class HttpExchange final : public Exchange {
 public:
  explicit HttpExchange(Wire& wire) : wire_(wire) {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(wire.limits.max_head_bytes));
    parser_->body_limit(boost::none);
  }

  /// Reads until the head is whole. False at the clean end of the stream.
  async::Task<Result<bool>> ReadHead() {
    std::optional<Deadline> deadline;
    // Between requests the connection may rest; once one has begun it must come soon.
    deadline.emplace(
        wire_.io, *wire_.stream,
        wire_.buffer.empty() ? wire_.limits.idle_timeout : wire_.limits.header_timeout);
    while (!parser_->is_header_done()) {
      if (!wire_.buffer.empty()) {
        boost::system::error_code ec;
        const std::size_t used = parser_->put(boost::asio::buffer(wire_.buffer), ec);
        Consume(used);
        if (ec && ec != http::error::need_more) co_return BadSyntax(ec);
        if (parser_->is_header_done()) break;
        if (wire_.buffer.size() > wire_.limits.max_head_bytes) {
          co_return BadSyntax(make_error_code(http::error::header_limit));
        }
      }
      const bool resting = wire_.buffer.empty() && !begun_;
      auto got = co_await wire_.Fill();
      if (!got || *got == 0) {
        if (resting) co_return false;
        if (deadline->passed()) co_return Fail(Errc::kTimeout, "The request's head took too long.");
        co_return Fail(Errc::kUnavailable, "The connection ended in the middle of a request.");
      }
      if (resting) {
        begun_ = true;
        deadline.emplace(wire_.io, *wire_.stream, wire_.limits.header_timeout);
      }
    }
    TakeHead();
    co_return true;
  }

  const RequestHead& head() const override { return head_; }
  const async::Peer& peer() const override { return wire_.stream->peer(); }
  async::IoThread& io() override { return wire_.io; }
  std::size_t io_index() const override { return wire_.io_index; }
  std::uint64_t bytes_out() const override { return bytes_out_; }
  std::uint64_t bytes_in() const override { return bytes_in_; }
  int status() const override { return status_; }

  bool PeerLeft() override { return wire_.Ended(); }

  async::Task<Result<std::string>> ReadBody(std::uint64_t limit) override {
    const auto length = parser_->content_length();
    if (length && *length > limit) co_return TooLarge(limit);
    if (auto asked = co_await AskForBody(); !asked) co_return asked.error();
    Deadline deadline(wire_.io, *wire_.stream, wire_.limits.body_timeout);
    std::string body;
    Status read;
    if (length) {
      read = co_await ReadSized(*length, body);
    } else {
      read = co_await ReadChunks(limit, body);
    }
    if (!read && read.error().code == Errc::kUnavailable && deadline.passed()) {
      co_return Fail(Errc::kTimeout, "The request's body took too long.");
    }
    if (!read) co_return read.error();
    body.reserve(body.size() + EventParser::Padding());
    body_read_ = true;
    co_return body;
  }

  async::Task<Result<std::string>> ReadPiece() override {
    if (!std::exchange(asked_, true)) {
      if (auto asked = co_await AskForBody(); !asked) co_return asked.error();
    }
    Deadline deadline(wire_.io, *wire_.stream, wire_.limits.body_timeout);
    std::string piece;
    Status read;
    if (const auto length = parser_->content_length()) {
      read = co_await ReadSized(std::min<std::uint64_t>(*length - pieces_, kBodyStep), piece);
      pieces_ += piece.size();
      body_read_ = pieces_ == *length;
    } else {
      parser_->body_limit(boost::none);
      read = co_await FeedChunks(kBodyStep);
      piece = std::exchange(parser_->get().body(), {});
    }
    if (!read && read.error().code == Errc::kUnavailable && deadline.passed()) {
      co_return Fail(Errc::kTimeout, "The request's body took too long.");
    }
    if (!read) co_return read.error();
    co_return piece;
  }

  async::Task<Status> BeginAnswer(Response head) override {
    status_ = head.status;
    keep_alive_ = false;
    head.headers.emplace_back("Date", HttpDate(wire_.clock.WallNow()));
    head.headers.emplace_back("Transfer-Encoding", "chunked");
    std::string out;
    AppendResponseHead(out, head.status, head.content_type, head.headers, std::nullopt, false);
    co_return co_await Write(out);
  }

  async::Task<Status> WriteAnswer(std::string_view piece) override {
    if (piece.empty()) co_return Status();
    std::array<char, 20> size;
    const int digits = std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    std::string head(size.data(), static_cast<std::size_t>(digits));
    if (piece.size() < kWorthACall) {
      head.append(piece).append("\r\n");
      co_return co_await Write(head);
    }
    if (auto written = co_await Write(head); !written) co_return written;
    if (auto written = co_await Write(piece); !written) co_return written;
    co_return co_await Write("\r\n");
  }

  async::Task<Status> EndAnswer() override { co_return co_await Write("0\r\n\r\n"); }

  async::Task<void> Respond(Response response) override {
    status_ = response.status;
    // A body that nobody read would be taken for the next request.
    const bool whole =
        parser_->is_header_done() && (body_read_ || parser_->is_done() || BodyIsEmpty());
    if (!whole) keep_alive_ = false;
    std::string out;
    response.headers.emplace_back("Date", HttpDate(wire_.clock.WallNow()));
    const bool no_body = head_.method == "HEAD" || response.status == 204;
    AppendResponseHead(out, response.status, response.content_type, response.headers,
                       response.status == 204 ? std::nullopt : std::optional(response.body.size()),
                       keep_alive_);
    if (!no_body) out += response.body;
    bytes_out_ = out.size();
    Deadline deadline(wire_.io, *wire_.stream, wire_.limits.body_timeout);
    if (auto sent = co_await async::WriteAll(*wire_.stream, out); !sent) {
      keep_alive_ = false;
      if (response.not_written) response.not_written();
    }
  }

  Taken TakeStream(int status) override {
    status_ = status;
    keep_alive_ = false;
    return Taken{*wire_.stream, std::exchange(wire_.buffer, {})};
  }

  HandedOver HandOver(int status) override {
    status_ = status;
    keep_alive_ = false;
    return HandedOver{std::move(wire_.stream), std::exchange(wire_.buffer, {}),
                      std::move(wire_.place)};
  }

  void CloseAfterwards() override { keep_alive_ = false; }
  bool keep_alive() const { return keep_alive_; }

 private:
  /// For a client that waits before it sends its body (RFC 9110 10.1.1).
  async::Task<Status> AskForBody() {
    if (View(parser_->get()[http::field::expect]) != "100-continue") co_return Status();
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_return co_await async::WriteAll(*wire_.stream, kContinue);
  }

  async::Task<Status> Write(std::string_view bytes) {
    bytes_out_ += bytes.size();
    Deadline deadline(wire_.io, *wire_.stream, wire_.limits.body_timeout);
    co_return co_await async::WriteAll(*wire_.stream, bytes);
  }

  static Error CutOff() {
    return Fail(Errc::kUnavailable, "The connection ended in the middle of a request.");
  }

  /// `length` bytes of a body whose length is known: from the socket to where it stays.
  async::Task<Status> ReadSized(std::size_t length, std::string& body) {
    body.reserve(length + EventParser::Padding());
    body.assign(wire_.buffer, 0, length);
    Consume(body.size());
    while (body.size() < length) {
      // In steps, so that announcing a large body costs the agent no memory.
      const std::size_t before = body.size();
      body.resize(std::min(length, before + kBodyStep));
      const auto got = co_await wire_.FillAll(std::span(body).subspan(before));
      if (!got || *got < body.size() - before) co_return CutOff();
      bytes_in_ += *got;
    }
    co_return Status();
  }

  /// A body that ends where its chunks say so.
  async::Task<Status> ReadChunks(std::uint64_t limit, std::string& body) {
    parser_->body_limit(limit);
    auto fed = co_await FeedChunks(std::numeric_limits<std::size_t>::max());
    if (!fed) co_return fed.error().code == Errc::kBodyTooLarge ? TooLarge(limit) : fed.error();
    body = std::move(parser_->get().body());
    co_return Status();
  }

  /// Feeds the parser until the body is done, or `enough` of it lies there.
  async::Task<Status> FeedChunks(std::size_t enough) {
    parser_->eager(true);
    while (!parser_->is_done() && parser_->get().body().size() < enough) {
      if (!wire_.buffer.empty()) {
        boost::system::error_code ec;
        const std::size_t used = parser_->put(boost::asio::buffer(wire_.buffer), ec);
        Consume(used);
        if (ec && ec != http::error::need_more) co_return BadSyntax(ec);
        if (parser_->is_done() || used > 0) continue;
      }
      auto got = co_await wire_.Fill();
      if (!got || *got == 0) co_return CutOff();
    }
    co_return Status();
  }

  static Error TooLarge(std::uint64_t limit) {
    return Fail(Errc::kBodyTooLarge,
                "The request's body is larger than " + std::to_string(limit) + " bytes.");
  }

  bool BodyIsEmpty() const {
    const auto length = parser_->content_length();
    return !parser_->chunked() && (!length || *length == 0);
  }

  void Consume(std::size_t used) {
    bytes_in_ += used;
    if (used == wire_.buffer.size()) {
      wire_.buffer.clear();
    } else {
      wire_.buffer.erase(0, used);
    }
  }

  void TakeHead() {
    const auto& message = parser_->get();
    head_.method = View(message.method_string());
    head_.target = View(message.target());
    const auto mark = head_.target.find('?');
    head_.path = head_.target.substr(0, mark);
    if (mark != std::string_view::npos) head_.query = head_.target.substr(mark + 1);
    for (const auto& field : message) {
      head_.headers.emplace_back(View(field.name_string()), View(field.value()));
    }
    head_.http_1_1 = message.version() >= 11;
    keep_alive_ = message.keep_alive();
  }

  Wire& wire_;
  std::optional<Parser> parser_;
  RequestHead head_;
  bool begun_ = false;
  bool asked_ = false;        // For a body that is read in pieces,
  std::uint64_t pieces_ = 0;  // of which so many bytes were given.
  bool body_read_ = false;
  bool keep_alive_ = false;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  int status_ = 0;
};

async::Task<bool> ServeOne(Wire& wire, HttpHandler& handler, const bool& draining) {
  HttpExchange exchange(wire);
  auto read = co_await exchange.ReadHead();
  if (!read) {
    exchange.CloseAfterwards();
    if (!wire.stream->closed()) co_await exchange.Respond(handler.Malformed(read.error()));
    co_return false;
  }
  if (!*read) co_return false;
  if (draining) exchange.CloseAfterwards();
  co_await handler.Handle(exchange);
  co_return exchange.keep_alive() && !draining;
}

/// Lets the peer read the last answer before the close: closing with unread bytes resets. A client
/// that sends all of a body before it reads must get to its end to see why it was refused.
async::Task<void> Linger(Wire& wire) {
  constexpr std::size_t kMostDrained = 64 << 20;
  wire.stream->ShutdownWrite();
  Deadline deadline(wire.io, *wire.stream, std::chrono::seconds(2));
  std::string rest(64 << 10, '\0');
  std::size_t drained = 0;
  while (drained < kMostDrained) {
    auto got = co_await async::ReadSome(*wire.stream, rest);
    if (!got || *got == 0) break;
    drained += *got;
  }
}

}  // namespace

async::Task<void> ServeConnection(Wire& wire, HttpHandler& handler, const bool& draining) {
  bool more = !wire.stream->closed();
  while (more) {
    more = co_await ServeOne(wire, handler, draining);
    if (more) more = !wire.stream->closed();
  }
  if (wire.stream && !wire.stream->closed()) co_await Linger(wire);
  if (wire.stream) wire.stream->Close();
}

}  // namespace notify::agent::ingress
