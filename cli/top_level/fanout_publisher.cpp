#include "cli/top_level/fanout_publisher.hpp"

#include <algorithm>
#include <charconv>

#include "cli/client/connection.hpp"
#include "common/http/problem.hpp"

namespace notify::cli::top_level {
namespace {

using namespace std::chrono_literals;

std::int64_t Member(std::string_view body, std::string_view name) {
  std::int64_t value = -1;
  const auto at = body.find(name);
  if (at != std::string_view::npos) {
    const auto digits = body.substr(at + name.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
  }
  return value;
}

}  // namespace

FanoutPublisher::FanoutPublisher(Factory& factory, FanoutPace pace, std::string type,
                                 FanoutLedger& ledger, EventLoop& loop)
    : factory_(factory), pace_(pace), type_(std::move(type)), ledger_(ledger), loop_(loop) {}

Status FanoutPublisher::Connect(std::uint32_t index) {
  const auto access = factory_.Access();
  if (!access) return access.error();
  const auto descriptor = client::OpenSocket(access->endpoint, 5s);
  if (!descriptor) return descriptor.error();
  connection_ = std::make_unique<BenchConnection>(*descriptor);
  index_ = index;
  loop_.Watch(*descriptor, index, false);
  begun_ = factory_.clock().Now();
  return {};
}

Clock::TimePoint FanoutPublisher::Due() const {
  if (pace_.rate == 0) return begun_;
  return begun_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                      1e9 * static_cast<double>(ledger_.sent()) / static_cast<double>(pace_.rate)));
}

std::chrono::nanoseconds FanoutPublisher::UntilDue() const {
  if (busy_ || ledger_.sent() >= pace_.count) return 100ms;
  return std::clamp<std::chrono::nanoseconds>(Due() - factory_.clock().Now(), 0ns, 100ms);
}

Status FanoutPublisher::SendDue() {
  const auto now = factory_.clock().Now();
  if (busy_ || ledger_.sent() >= pace_.count || Due() > now) return {};
  first_ = ledger_.sent();
  under_way_ = std::min(pace_.burst, pace_.count - first_);
  const bool single = pace_.burst == 1;
  auto request = BenchRequest(factory_, single ? "publishEvent" : "publishBatch",
                              single ? "application/json" : "application/x-ndjson",
                              BodyOf(under_way_, pace_.rate == 0 ? now : Due()));
  if (!request) return std::move(request.error());
  request_ = std::move(*request);
  busy_ = true;
  auto sent = connection_->Send(request_);
  if (connection_->writing()) loop_.Change(connection_->descriptor(), index_, true);
  return sent;
}

// With a rate, an event counts from when it should have been sent.
std::string FanoutPublisher::BodyOf(std::int64_t events, Clock::TimePoint now) {
  std::string body;
  for (std::int64_t i = 0; i < events; ++i) {
    body.append(R"({"type":")").append(type_).append(R"(","data":)");
    body.append(ledger_.Send(now)).append("}");
    if (pace_.burst > 1) body += '\n';
  }
  return body;
}

Status FanoutPublisher::Ready() {
  if (connection_->writing()) {
    auto written = connection_->Write();
    if (!written) return written;
    if (!connection_->writing()) loop_.Change(connection_->descriptor(), index_, false);
  }
  const auto answer = connection_->Read();
  if (!answer) return answer.error();
  if (!*answer) return {};
  busy_ = false;
  return Check(**answer);
}

Status FanoutPublisher::Check(const BenchAnswer& answer) {
  if (answer.status / 100 != 2) return http::ParseProblem(answer.status, answer.body, nullptr);
  if (pace_.burst == 1) {
    const auto sequence = Member(answer.body, R"("sequence":)");
    if (sequence < 1) return Fail(Errc::kInternal, "The agent's answer has no position.");
    ledger_.Confirm(first_, static_cast<std::uint64_t>(sequence));
    return {};
  }
  const auto accepted = Member(answer.body, R"("accepted":)");
  if (accepted == under_way_) return {};
  return Fail(Errc::kInternal, "The agent accepted " + std::to_string(accepted) + " of " +
                                   std::to_string(under_way_) +
                                   " events: " + std::string(answer.body.substr(0, 300)));
}

}  // namespace notify::cli::top_level
