#include "agent/ingress/gateway/answer_parser.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

namespace notify::agent::ingress {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kPieceBytes = 64 << 10;
constexpr std::uint32_t kMaxHeadBytes = 64 << 10;

std::string Text(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct AnswerParser::Impl {
  http::response_parser<http::buffer_body> parser;
};

AnswerParser::AnswerParser(bool bodyless) : impl_(std::make_unique<Impl>()) {
  impl_->parser.header_limit(kMaxHeadBytes);
  impl_->parser.body_limit(boost::none);
  impl_->parser.skip(bodyless);
}

AnswerParser::~AnswerParser() = default;

std::string AnswerParser::PutHead(std::string& input) {
  boost::system::error_code ec;
  while (!input.empty() && !head_done()) {
    const std::size_t used = impl_->parser.put(boost::asio::buffer(input), ec);
    input.erase(0, used);
    if (ec == http::error::need_more) break;
    if (ec) return ec.message();
  }
  return {};
}

std::string AnswerParser::PutBody(std::string& input, std::string& body) {
  if (done()) return {};
  const std::size_t before = body.size();
  body.resize(before + kPieceBytes);
  auto& target = impl_->parser.get().body();
  target.data = body.data() + before;
  target.size = kPieceBytes;
  target.more = true;
  impl_->parser.eager(true);
  boost::system::error_code ec;
  const std::size_t used = impl_->parser.put(boost::asio::buffer(input), ec);
  input.erase(0, used);
  body.resize(before + kPieceBytes - target.size);
  if (!ec || ec == http::error::need_more || ec == http::error::need_buffer) return {};
  return ec.message();
}

bool AnswerParser::PutEnd() {
  if (!head_done() || done()) return done();
  boost::system::error_code ec;
  impl_->parser.put_eof(ec);
  return !ec;
}

bool AnswerParser::head_done() const { return impl_->parser.is_header_done(); }
bool AnswerParser::done() const { return impl_->parser.is_done(); }
bool AnswerParser::keep_alive() const { return impl_->parser.keep_alive(); }
int AnswerParser::status() const { return static_cast<int>(impl_->parser.get().result_int()); }

UpstreamHead AnswerParser::TakeHead() const {
  UpstreamHead head;
  head.status = status();
  for (const auto& field : impl_->parser.get()) {
    head.headers.emplace_back(Text(field.name_string()), Text(field.value()));
  }
  if (const auto length = impl_->parser.content_length()) head.content_length = *length;
  return head;
}

}  // namespace notify::agent::ingress
