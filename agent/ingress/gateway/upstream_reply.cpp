#include "agent/ingress/gateway/upstream_reply.hpp"

#include <array>
#include <utility>

namespace notify::agent::ingress {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;
constexpr int kMaxInterimAnswers = 8;

}  // namespace

UpstreamReply::UpstreamReply(async::IoThread& io, std::unique_ptr<async::Stream> stream,
                             std::string upstream, Clock::Duration timeout)
    : io_(io),
      stream_(std::move(stream)),
      upstream_(std::move(upstream)),
      timer_(io.timers().After(timeout, [this] {
        timed_out_ = true;
        Abort();
      })) {}

UpstreamReply::~UpstreamReply() { io_.timers().Cancel(timer_); }

void UpstreamReply::Abort() {
  if (stream_) stream_->Close();
}

Error UpstreamReply::Broken(std::string why) const {
  if (timed_out_) {
    return Fail(Errc::kUpstreamTimeout, "The upstream " + upstream_ + " did not answer in time.",
                "Look at the upstream, or raise 'timeout' of its route in gateway.routes.");
  }
  return Fail(Errc::kUpstreamUnreachable, "The upstream " + upstream_ + " " + std::move(why),
              "Look at the upstream's own log.");
}

async::Task<Status> UpstreamReply::Write(std::string_view head, std::string_view body) {
  std::array<std::string_view, 2> parts{head, body};
  while (!parts[0].empty() || !parts[1].empty()) {
    const auto taken = stream_->TryWrite(parts);
    if (!taken) co_return taken.error();
    sent_ += *taken;
    const std::size_t of_head = std::min(*taken, parts[0].size());
    parts[0].remove_prefix(of_head);
    parts[1].remove_prefix(*taken - of_head);
    if (*taken == 0) co_await stream_->Writable();
  }
  co_return Status();
}

async::Task<Status> UpstreamReply::Fill() {
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  const auto space = std::span(buffer_).subspan(before);
  const auto got = co_await async::ReadSome(*stream_, space);
  buffer_.resize(before + (got ? *got : 0));
  if (!got) co_return Broken("closed the connection before its answer was whole.");
  ended_ = *got == 0;
  if (!ended_) received_ = true;
  co_return Status();
}

async::Task<Status> UpstreamReply::Begin(std::string_view head, std::string_view body,
                                         bool bodyless) {
  // An upstream may answer and close before it has read a large body: its answer counts.
  const auto written = co_await Write(head, body);
  if (!written && nothing_sent()) co_return Broken("closed the connection.");
  for (int interim = 0; interim < kMaxInterimAnswers; ++interim) {
    parser_.emplace(bodyless);
    while (true) {
      const std::string problem = parser_->PutHead(buffer_);
      if (!problem.empty()) co_return Broken("does not answer in HTTP: " + problem + ".");
      if (parser_->head_done()) break;
      const auto filled = co_await Fill();
      if (!filled) co_return filled.error();
      if (ended_) co_return Broken("closed the connection before its answer was whole.");
    }
    if (parser_->status() >= 200) {
      head_ = parser_->TakeHead();
      co_return Status();
    }
    if (parser_->status() == 101) break;
  }
  co_return Broken("answered 1xx where an answer was due.");
}

async::Task<Result<bool>> UpstreamReply::ReadMore(std::string& body) {
  const std::size_t before = body.size();
  while (!parser_->done()) {
    const std::string problem = parser_->PutBody(buffer_, body);
    if (!problem.empty()) co_return Broken("sent a body that is not HTTP: " + problem + ".");
    if (body.size() > before) co_return true;
    if (parser_->done()) break;
    const auto filled = co_await Fill();
    if (!filled) co_return filled.error();
    if (!ended_) continue;
    if (!parser_->PutEnd()) co_return Broken("closed the connection before its answer was whole.");
    break;
  }
  co_return false;
}

std::unique_ptr<async::Stream> UpstreamReply::Release() {
  // Bytes behind the answer belong to no request: what they mean is anybody's guess.
  const bool reusable = parser_ && parser_->head_done() && parser_->done() && !ended_ &&
                        parser_->keep_alive() && buffer_.empty() && !stream_->closed();
  return reusable ? std::move(stream_) : nullptr;
}

}  // namespace notify::agent::ingress
