#include "cli/client/hub/session.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "common/signalr/handshake.hpp"

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

bool MayGoOn(const Error& error) {
  return error.code == Errc::kTimeout || error.code == Errc::kInterrupted;
}

}  // namespace

HubSession::HubSession(const HubSettings& settings, const HubMeans& means, OpenedTransport opened)
    : means_(means),
      protocol_(settings.protocol),
      opened_(std::move(opened)),
      sent_at_(means.clock.Now()),
      heard_at_(sent_at_) {
  if (opened_.stateful) buffer_.emplace();
}

Result<std::unique_ptr<HubSession>> HubSession::Open(const HubSettings& settings,
                                                     const HubMeans& means) {
  auto opened = OpenTransport(settings, means);
  if (!opened) return std::move(opened.error());
  auto session = std::unique_ptr<HubSession>(new HubSession(settings, means, std::move(*opened)));
  auto agreed = session->ShakeHands();
  if (!agreed) return std::move(agreed.error());
  return session;
}

Status HubSession::ShakeHands() {
  std::string request;
  signalr::AppendHandshakeRequest(request, protocol_->Name(), buffer_ ? 2 : 1);
  // JSON, whatever the protocol.
  auto sent = opened_.transport->Send(request, signalr::TransferFormat::kText);
  if (!sent) return sent;
  const auto deadline = means_.clock.Now() + opened_.address.caller.limit;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - means_.clock.Now());
    if (left <= 0ms) return Fail(Errc::kTimeout, "The hub has not answered the handshake in time.");
    auto bytes = opened_.transport->Read(left, -1);
    if (!bytes) return std::move(bytes.error());
    in_ += *bytes;
    std::string_view rest = in_;
    const auto response = signalr::ParseHandshakeResponse(rest);
    if (!response) return response.error();
    if (!*response) continue;
    in_.erase(0, in_.size() - rest.size());
    heard_at_ = means_.clock.Now();
    if ((*response)->error) return Fail(Errc::kUnavailable, *(*response)->error);
    return {};
  }
}

Status HubSession::Send(const signalr::HubMessage& message) {
  std::string bytes;
  protocol_->Append(bytes, message);
  const bool kept = buffer_ && IsCounted(message);
  if (kept) buffer_->Keep(bytes);
  // What is kept is sent when the transport has been replaced.
  if (broken_) return {};
  auto sent = SendBytes(bytes);
  if (sent || !buffer_) return sent;
  broken_ = true;
  return {};
}

Status HubSession::SendBytes(std::string_view bytes) {
  auto sent = opened_.transport->Send(bytes, protocol_->Format());
  if (sent) sent_at_ = means_.clock.Now();
  // A peer that takes nothing is as good as gone.
  if (!sent && MayGoOn(sent.error())) sent.error().code = Errc::kAgentUnreachable;
  return sent;
}

// What the time asks for.
Status HubSession::SendDue() {
  const auto now = means_.clock.Now();
  std::string bytes;
  if (buffer_ && buffer_->ack_due() && *buffer_->ack_due() <= now) {
    protocol_->Append(bytes, signalr::Ack{buffer_->TakeAck()});
  } else if (now - sent_at_ >= kPingAfter) {
    protocol_->AppendPing(bytes);
  }
  return bytes.empty() ? Status{} : SendBytes(bytes);
}

milliseconds HubSession::UntilDue(Clock::TimePoint deadline) const {
  auto next = std::min({deadline, sent_at_ + kPingAfter, heard_at_ + kServerSilence});
  if (buffer_ && buffer_->ack_due()) next = std::min(next, *buffer_->ack_due());
  return std::max(std::chrono::ceil<milliseconds>(next - means_.clock.Now()), 0ms);
}

Status HubSession::Receive(milliseconds limit, int interrupt, const Take& take) {
  bool any = false;
  // What came with the handshake's answer, or behind an error.
  if (auto taken = TakeMessages(take, any); !taken || any) return taken;
  const auto deadline = means_.clock.Now() + limit;
  for (;;) {
    auto bytes = Read(UntilDue(deadline), interrupt);
    const auto now = means_.clock.Now();
    if (bytes) {
      heard_at_ = now;
      in_ += *bytes;
      auto taken = TakeMessages(take, any);
      if (!taken || any) return taken;
    } else if (bytes.error().code == Errc::kInterrupted) {
      return bytes.error();
    } else if (!MayGoOn(bytes.error())) {
      if (auto resumed = Resume(bytes.error()); !resumed) return resumed;
      continue;
    } else if (now - heard_at_ >= kServerSilence) {
      const auto silent = Fail(Errc::kAgentUnreachable, "The hub has been silent for 30 seconds.");
      if (auto resumed = Resume(silent); !resumed) return resumed;
      continue;
    }
    if (now >= deadline) return Fail(Errc::kTimeout, "Nothing came from the hub in time.");
  }
}

Result<std::string> HubSession::Read(milliseconds limit, int interrupt) {
  if (broken_) return Fail(Errc::kAgentUnreachable, "The connection broke.");
  if (auto sent = SendDue(); !sent) return std::move(sent.error());
  return opened_.transport->Read(limit, interrupt);
}

// One attempt at once, as the stock clients make; then it is for whoever reconnects.
Status HubSession::Resume(const Error& lost) {
  // Lost again before it was taken up: it will not be.
  if (!buffer_ || buffer_->awaits_sequence()) return lost;
  buffer_->Disconnected();
  in_.clear();
  auto transport = OpenWebSocketTransport(means_.dial, opened_.address, means_.random);
  if (!transport) return lost;
  opened_.transport = std::move(*transport);
  heard_at_ = means_.clock.Now();
  broken_ = false;
  std::string bytes;
  protocol_->Append(bytes, signalr::Sequence{buffer_->FirstKept()});
  auto sent = SendBytes(bytes);
  for (const auto& kept : buffer_->kept()) {
    if (sent) sent = SendBytes(kept);
  }
  if (!sent) return lost;
  ++resumptions_;
  return {};
}

Status HubSession::TakeMessages(const Take& take, bool& any) {
  std::string_view rest = in_;
  std::string values;
  Status taken;
  while (taken) {
    values.clear();
    auto found = protocol_->Parse(rest, values);
    if (!found) {
      taken = Fail(Errc::kUnavailable,
                   "The hub broke its protocol: " + std::move(found.error().detail));
      break;
    }
    if (std::holds_alternative<signalr::NeedMore>(*found)) break;
    if (auto* message = std::get_if<signalr::HubMessage>(&*found)) {
      taken = TakeOne(std::move(*message), take, any);
    }
  }
  in_.erase(0, in_.size() - rest.size());
  return taken;
}

Status HubSession::TakeOne(signalr::HubMessage message, const Take& take, bool& any) {
  if (buffer_) {
    const auto admitted = buffer_->Admit(message, means_.clock.Now());
    if (!admitted) return Fail(Errc::kUnavailable, admitted.error().detail);
    if (!*admitted) return {};
    if (const auto* ack = std::get_if<signalr::Ack>(&message)) {
      buffer_->Acknowledged(ack->sequence_id);
      // Whoever waits for room wants to know.
      any = true;
      return {};
    }
    if (std::holds_alternative<signalr::Close>(message)) buffer_.reset();
  }
  if (std::holds_alternative<signalr::Ping>(message) ||
      std::holds_alternative<signalr::Sequence>(message) ||
      std::holds_alternative<signalr::Ack>(message)) {
    return {};
  }
  any = true;
  take(std::move(message));
  return {};
}

void HubSession::Stop() {
  std::string bytes;
  protocol_->AppendClose(bytes, std::nullopt, false);
  // Whoever is gone need not be told.
  static_cast<void>(SendBytes(bytes));
  opened_.transport->Close();
}

}  // namespace notify::cli::client
