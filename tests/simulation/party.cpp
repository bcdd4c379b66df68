#include "tests/simulation/party.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 5s;

std::string RequestText(const Ask& ask) {
  std::string text = ask.method + " " + ask.path + " HTTP/1.1\r\nHost: agent\r\n";
  if (!ask.bearer.empty()) text += "Authorization: Bearer " + ask.bearer + "\r\n";
  if (!ask.tenant.empty()) text += "X-Tenant: " + ask.tenant + "\r\n";
  if (!ask.body.empty()) {
    text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(ask.body.size()) +
            "\r\n";
  }
  return text + "\r\n" + ask.body;
}

std::size_t LengthIn(const std::string& head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const auto at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string::npos) {
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  }
  return length;
}

}  // namespace

void Canary::Look(std::string_view bytes) {
  tail_ += bytes;
  for (const std::string& text : forbidden_) {
    if (tail_.find(text) == std::string::npos) continue;
    if (std::ranges::find(found_, text) == found_.end()) found_.push_back(text);
  }
  constexpr std::size_t kKeep = 64;
  if (tail_.size() > kKeep) tail_.erase(0, tail_.size() - kKeep);
}

Wire::Wire(Party& party, async::IoThread& io, std::unique_ptr<async::Stream> stream)
    : party_(party), io_(io), stream_(std::move(stream)) {
  party_.stream = stream_.get();
  party_.canary.NewStream();
}

Wire::~Wire() {
  if (party_.stream == stream_.get()) party_.stream = nullptr;
}

async::Task<std::unique_ptr<Wire>> Wire::Dial(Party& party, async::IoThread& io,
                                              const async::Endpoint& to) {
  async::Endpoint there = to;
  auto stream = co_await io.Connect(std::move(there), kPatience);
  if (!stream) co_return nullptr;
  co_return std::make_unique<Wire>(party, io, std::move(*stream));
}

async::Task<bool> Wire::Send(std::string bytes) {
  const auto timer = io_.timers().After(kPatience, [this] { GiveUp(); });
  const auto sent = co_await async::WriteAll(*stream_, bytes);
  io_.timers().Cancel(timer);
  co_return sent.has_value();
}

async::Task<bool> Wire::More(Clock::Duration limit) {
  std::array<char, 8192> buffer{};
  const auto timer = io_.timers().After(limit, [this] { GiveUp(); });
  const auto got = co_await async::ReadSome(*stream_, buffer);
  io_.timers().Cancel(timer);
  if (!got || *got == 0) co_return false;
  Take({buffer.data(), *got});
  co_return true;
}

void Wire::Gather() {
  std::array<char, 8192> buffer{};
  // The simulated network says now and then that nothing is there.
  for (int nothing = 0; nothing < 8;) {
    const auto got = stream_->TryRead(buffer);
    if (!got || (*got && **got == 0)) return;
    if (*got) Take({buffer.data(), **got});
    nothing = *got ? 0 : nothing + 1;
  }
}

void Wire::Take(std::string_view bytes) {
  party_.canary.Look(bytes);
  in += bytes;
}

void Wire::GiveUp() {
  Gather();
  stream_->Close();
}

async::Task<int> Wire::TakeHead(std::string& head) {
  std::size_t end = in.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!co_await More(kPatience)) co_return 0;
    end = in.find("\r\n\r\n");
  }
  head = in.substr(0, end + 2);
  in.erase(0, end + 4);
  int status = 0;
  if (head.starts_with("HTTP/1.1 ")) {
    std::from_chars(head.data() + 9, head.data() + head.size(), status);
  }
  co_return status;
}

async::Task<Answer> HttpClient::SendOnce(const Ask& ask) {
  Answer answer;
  if (!wire_) wire_ = co_await Wire::Dial(party_, io_, to_);
  if (!wire_ || !co_await wire_->Send(RequestText(ask))) co_return answer;
  std::string head;
  const int status = co_await wire_->TakeHead(head);
  if (status == 0) co_return answer;
  const std::size_t length = LengthIn(head);
  while (wire_->in.size() < length) {
    if (!co_await wire_->More(kPatience)) co_return answer;
  }
  answer.body = wire_->in.substr(0, length);
  wire_->in.erase(0, length);
  answer.status = status;
  if (head.find("\r\nConnection: close") != std::string::npos) wire_.reset();
  co_return answer;
}

async::Task<Answer> HttpClient::Send(const Ask& ask) {
  Answer answer = co_await SendOnce(ask);
  if (answer.status == 0) wire_.reset();
  co_return answer;
}

async::Task<Answer> HttpClient::Insist(const Ask& ask) {
  while (!party_.stop) {
    Answer answer = co_await Send(ask);
    if (!answer.unknown()) co_return answer;
    // What is left of the try arrives meanwhile, or never.
    co_await io_.timers().Sleep(20ms + party_.UpTo(100ms));
  }
  co_return Answer();
}

}  // namespace notify::simulation
