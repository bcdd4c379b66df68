#include "cli/client/hub/connection.hpp"

#include <strings.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

std::vector<signalr::RawJson> Views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

template <typename Call>
Call CallOf(const HubRequest& request, const HubInvocation& invocation) {
  Call call;
  call.invocation_id = invocation.id;
  call.target = request.method;
  call.arguments = Views(request.arguments);
  call.stream_ids = invocation.uploads;
  return call;
}

}  // namespace

Result<std::unique_ptr<HubConnection>> HubConnection::Open(HubSettings settings,
                                                           const HubMeans& means) {
  auto connection = std::unique_ptr<HubConnection>(new HubConnection(std::move(settings), means));
  auto session = HubSession::Open(connection->settings_, means);
  if (!session) return std::move(session.error());
  connection->session_ = std::move(*session);
  return connection;
}

Result<HubInvocation> HubConnection::Begin(const HubRequest& request) {
  HubInvocation invocation{.id = std::to_string(++last_id_)};
  for (int i = 0; i < request.uploads; ++i) {
    invocation.uploads.push_back(std::to_string(++last_id_));
  }
  auto sent = request.stream ? Send(CallOf<signalr::StreamInvocation>(request, invocation))
                             : Send(CallOf<signalr::Invocation>(request, invocation));
  if (!sent) return std::move(sent.error());
  pending_.emplace(invocation.id, request.method);
  return invocation;
}

Status HubConnection::SendItem(const std::string& upload, std::string_view item, int interrupt) {
  auto sent = Send(signalr::StreamItem{.invocation_id = upload, .item = item});
  while (sent && session_ && session_->full()) {
    auto received = Receive(HubSession::kPingAfter, interrupt);
    if (!received && received.error().code != Errc::kTimeout) return received;
  }
  return sent;
}

Status HubConnection::EndUpload(const std::string& upload) {
  return Send(signalr::Completion{.invocation_id = upload});
}

Status HubConnection::Cancel(const std::string& id) {
  return Send(signalr::CancelInvocation{.invocation_id = id});
}

Status HubConnection::Send(const signalr::HubMessage& message) {
  if (ended_) return *ended_;
  if (!session_) return Fail(Errc::kUnavailable, "The hub is not connected now.");
  auto sent = session_->Send(message);
  if (!sent) Lose(sent.error());
  return sent;
}

Result<HubEvent> HubConnection::Next(milliseconds limit, int interrupt) {
  while (events_.empty()) {
    if (ended_) return *ended_;
    auto went = session_ ? Receive(limit, interrupt) : Reconnect(limit);
    if (!went && events_.empty()) return std::move(went.error());
  }
  auto event = std::move(events_.front());
  events_.pop_front();
  return event;
}

Result<std::optional<std::string>> HubConnection::Invoke(const HubRequest& request, int interrupt) {
  const auto begun = Begin(request);
  if (!begun) return begun.error();
  const auto deadline = means_.clock.Now() + settings_.caller.limit;
  const auto is_answer = [&](const HubEvent& event) {
    const auto* done = std::get_if<HubDone>(&event);
    return done != nullptr && done->id == begun->id;
  };
  for (;;) {
    const auto answer = std::ranges::find_if(events_, is_answer);
    if (answer != events_.end()) {
      auto outcome = std::move(std::get<HubDone>(*answer).outcome);
      events_.erase(answer);
      return outcome;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - means_.clock.Now());
    if (left <= 0ms) {
      pending_.erase(begun->id);
      return Fail(Errc::kTimeout, "The hub has not answered " + request.method + " in time.");
    }
    if (!session_) return Fail(Errc::kUnavailable, "The hub is not connected now.");
    auto received = Receive(left, interrupt);
    if (!received && received.error().code == Errc::kInterrupted) {
      return std::move(received.error());
    }
  }
}

// An error of the session is told by events, or by `ended_`.
Status HubConnection::Receive(milliseconds limit, int interrupt) {
  auto received = session_->Receive(
      limit, interrupt, [this](signalr::HubMessage message) { Take(std::move(message)); });
  if (close_) {
    const auto close = *std::exchange(close_, std::nullopt);
    const auto why = close.error ? "The hub closed the connection: " + *close.error
                                 : std::string("The hub closed the connection.");
    if (close.allow_reconnect) {
      Lose(Fail(Errc::kAgentUnreachable, why));
      return {};
    }
    session_.reset();
    ended_ = Fail(Errc::kAgentUnreachable, why);
    FailPending(*ended_);
    events_.emplace_back(HubClosed{close.error});
    return {};
  }
  if (received || received.error().code == Errc::kTimeout ||
      received.error().code == Errc::kInterrupted) {
    return received;
  }
  Lose(received.error());
  return {};
}

void HubConnection::Take(signalr::HubMessage message) {
  if (close_) return;  // Nothing counts behind it.
  if (const auto* invocation = std::get_if<signalr::Invocation>(&message)) {
    HubCall call{.method = invocation->target};
    call.arguments.assign(invocation->arguments.begin(), invocation->arguments.end());
    call.wants_result = invocation->invocation_id.has_value();
    events_.emplace_back(std::move(call));
    if (invocation->invocation_id) Answer(*invocation);
  } else if (auto* item = std::get_if<signalr::StreamItem>(&message)) {
    if (!pending_.contains(item->invocation_id)) return;
    events_.emplace_back(HubItem{std::move(item->invocation_id), std::string(item->item)});
  } else if (auto* completion = std::get_if<signalr::Completion>(&message)) {
    if (pending_.erase(completion->invocation_id) == 0) return;
    HubDone done{.id = std::move(completion->invocation_id)};
    if (completion->error) {
      done.outcome = HubError(*completion->error);
    } else if (completion->result) {
      done.outcome = std::string(*completion->result);
    }
    events_.emplace_back(std::move(done));
  } else if (auto* close = std::get_if<signalr::Close>(&message)) {
    close_ = std::move(*close);
  }
}

// The words for a missing result are the stock client's: servers show them to people.
void HubConnection::Answer(const signalr::Invocation& invocation) {
  signalr::Completion completion{.invocation_id = *invocation.invocation_id};
  const auto known = std::ranges::find_if(settings_.answers, [&](const auto& answer) {
    return ::strcasecmp(answer.first.c_str(), invocation.target.c_str()) == 0;
  });
  if (known != settings_.answers.end()) {
    completion.result = known->second;
  } else {
    completion.error = "Client didn't provide a result.";
  }
  // A connection that broke is noticed by the read that called us.
  static_cast<void>(session_->Send(completion));
}

void HubConnection::Lose(const Error& why) {
  session_.reset();
  tried_ = 0;
  const auto delay = settings_.reconnect.Delay(0);
  if (delay) {
    next_attempt_ = means_.clock.Now() + *delay;
    events_.emplace_back(HubLost{why.detail});
  } else {
    ended_ = why;
  }
  FailPending(why);
}

void HubConnection::FailPending(const Error& why) {
  for (auto& [id, method] : std::exchange(pending_, {})) {
    events_.emplace_back(HubDone{
        id, Fail(Errc::kAgentUnreachable,
                 "The connection ended before " + method + " was answered: " + why.detail)});
  }
}

Status HubConnection::Reconnect(milliseconds limit) {
  const auto left =
      std::max(std::chrono::ceil<milliseconds>(next_attempt_ - means_.clock.Now()), 0ms);
  if (left > 0ms && means_.wait(std::min(left, limit))) {
    return Fail(Errc::kInterrupted, "Interrupted.");
  }
  if (left > limit) return Fail(Errc::kTimeout, "The hub is not connected yet.");
  auto session = HubSession::Open(settings_, means_);
  if (session) {
    session_ = std::move(*session);
    events_.emplace_back(HubReconnected{session_->connection_id()});
    return {};
  }
  const auto delay = settings_.reconnect.Delay(++tried_);
  if (!delay) {
    ended_ = std::move(session.error());
    ended_->detail = "The connection was lost and could not be made again: " + ended_->detail;
    return *ended_;
  }
  next_attempt_ = means_.clock.Now() + *delay;
  return {};
}

void HubConnection::Stop() {
  if (session_) session_->Stop();
  session_.reset();
  if (!ended_) ended_ = Fail(Errc::kAgentUnreachable, "The connection was ended here.");
}

}  // namespace notify::cli::client
