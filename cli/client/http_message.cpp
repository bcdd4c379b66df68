#include "cli/client/http_message.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <limits>

namespace notify::cli::client {
namespace {

namespace http = boost::beast::http;

Error NotHttp(const boost::system::error_code& error) {
  return Fail(Errc::kAgentUnreachable, "The answer is not HTTP: " + error.message() + ".",
              "is another program listening at this endpoint?");
}

}  // namespace

struct AnswerReader::Parser {
  http::response_parser<http::string_body> parser;
};

AnswerReader::AnswerReader() : parser_(std::make_unique<Parser>()) {
  parser_->parser.eager(true);
  parser_->parser.body_limit(std::numeric_limits<std::uint64_t>::max());
  parser_->parser.header_limit(64 * 1024);
}

AnswerReader::~AnswerReader() = default;

Status AnswerReader::Feed(std::string_view bytes) {
  rest_ += bytes;
  while (!rest_.empty() && !parser_->parser.is_done()) {
    boost::system::error_code error;
    const auto used =
        parser_->parser.put(boost::asio::const_buffer(rest_.data(), rest_.size()), error);
    rest_.erase(0, used);
    if (error == http::error::need_more) return {};
    if (error) return NotHttp(error);
  }
  return {};
}

Status AnswerReader::FeedEnd() {
  if (parser_->parser.is_done()) return {};
  boost::system::error_code error;
  if (parser_->parser.got_some()) parser_->parser.put_eof(error);
  if (error || !parser_->parser.is_done()) {
    return Fail(Errc::kAgentUnreachable, "The agent closed the connection before it answered.",
                "see whether it still runs: notifyctl agent status");
  }
  return {};
}

bool AnswerReader::headers_done() const { return parser_->parser.is_header_done(); }
bool AnswerReader::done() const { return parser_->parser.is_done(); }
bool AnswerReader::keep_alive() const { return parser_->parser.keep_alive(); }
int AnswerReader::status() const { return static_cast<int>(parser_->parser.get().result_int()); }

std::string AnswerReader::Header(std::string_view name) const {
  const auto value = parser_->parser.get()[boost::beast::string_view(name.data(), name.size())];
  return {value.data(), value.size()};
}

std::string AnswerReader::TakeBody() { return std::exchange(parser_->parser.get().body(), {}); }

std::string RequestBytes(std::string_view method, std::string_view target,
                         const std::vector<std::pair<std::string, std::string>>& headers,
                         std::string_view body) {
  std::string bytes;
  bytes.reserve(512 + body.size());
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  for (const auto& [name, value] : headers) {
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  if (!body.empty() || method == "POST" || method == "PUT") {
    bytes.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  return bytes.append("\r\n").append(body);
}

}  // namespace notify::cli::client
