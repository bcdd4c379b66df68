#include "cli/client/http_message.hpp"

#include <array>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <charconv>
#include <limits>

namespace notify::cli::client {
namespace {

namespace http = boost::beast::http;

Error NotHttp(const std::string& why) {
  return Fail(Errc::kAgentUnreachable, "The answer is not HTTP: " + why + ".",
              "is another program listening at this endpoint?");
}

}  // namespace

struct AnswerReader::Head {
  http::response_parser<http::empty_body> parser;
};

AnswerReader::AnswerReader() : head_(std::make_unique<Head>()) {
  // Beast 1.81 asserts on some bodies in chunks that come in pieces, so it sees none.
  head_->parser.skip(true);
  head_->parser.header_limit(64 * 1024);
  head_->parser.body_limit(std::numeric_limits<std::uint64_t>::max());
}

AnswerReader::~AnswerReader() = default;

Status AnswerReader::Feed(std::string_view bytes) {
  rest_ += bytes;
  if (!headers_done()) {
    auto read = FeedHead();
    if (!read || !headers_done()) return read;
  }
  return body_reader_.Take(rest_, body_);
}

Status AnswerReader::FeedHead() {
  while (!rest_.empty() && !headers_done()) {
    boost::system::error_code error;
    const auto used =
        head_->parser.put(boost::asio::const_buffer(rest_.data(), rest_.size()), error);
    rest_.erase(0, used);
    if (error == http::error::need_more) return {};
    if (error) return NotHttp(error.message());
  }
  return headers_done() ? BeginBody() : Status{};
}

Status AnswerReader::BeginBody() {
  using Framing = BodyReader::Framing;
  const auto& parser = head_->parser;
  if (status() == 204 || status() == 304) {
    body_reader_ = BodyReader(Framing::kNone, 0);
  } else if (parser.chunked()) {
    body_reader_ = BodyReader(Framing::kChunked, 0);
  } else if (const auto length = parser.content_length()) {
    body_reader_ = BodyReader(Framing::kLength, *length);
  } else {
    body_reader_ = BodyReader(Framing::kUntilEnd, 0);
  }
  return {};
}

Status AnswerReader::FeedEnd() {
  body_reader_.End();
  if (done()) return {};
  return Fail(Errc::kAgentUnreachable, "The agent closed the connection before it answered.",
              "see whether it still runs: notifyctl agent status");
}

bool AnswerReader::headers_done() const { return head_->parser.is_header_done(); }
bool AnswerReader::keep_alive() const { return head_->parser.keep_alive(); }
int AnswerReader::status() const { return static_cast<int>(head_->parser.get().result_int()); }

std::string AnswerReader::Header(std::string_view name) const {
  const auto value = head_->parser.get()[boost::beast::string_view(name.data(), name.size())];
  return {value.data(), value.size()};
}

std::vector<std::string> AnswerReader::Headers(std::string_view name) const {
  std::vector<std::string> values;
  const auto range =
      head_->parser.get().equal_range(boost::beast::string_view(name.data(), name.size()));
  for (auto field = range.first; field != range.second; ++field) {
    values.emplace_back(field->value().data(), field->value().size());
  }
  return values;
}

std::string RequestBytes(std::string_view method, std::string_view target,
                         const std::vector<std::pair<std::string, std::string>>& headers,
                         std::optional<std::string_view> body) {
  std::string bytes;
  bytes.reserve(512 + (body ? body->size() : 0));
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body) return bytes.append("Transfer-Encoding: chunked\r\n\r\n");
  if (!body->empty() || method == "POST" || method == "PUT") {
    bytes.append("Content-Length: ").append(std::to_string(body->size())).append("\r\n");
  }
  return bytes.append("\r\n").append(*body);
}

std::string Chunk(std::string_view bytes) {
  std::array<char, 16> size{};
  const auto [end, error] = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16);
  std::string chunk(size.data(), end);
  return chunk.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace notify::cli::client
