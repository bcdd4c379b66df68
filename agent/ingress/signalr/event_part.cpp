#include "agent/ingress/signalr/event_part.hpp"

#include <utility>

#include "agent/ingress/signalr/arguments.hpp"
#include "agent/ingress/signalr/hub_error.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::ingress::signalr {
namespace {

constexpr std::string_view kMethod = "StreamEvents";

Error GapError(const Gap& gap) { return Fail(Errc::kGap, GapJson(gap)); }

}  // namespace

async::Task<Status> EventPart::Begin(std::string_view filter) {
  auto argument = ReadStream(filter);
  if (!argument) co_return argument.error();
  continue_on_gap_ = argument->continue_on_gap;
  hub::ClientInfo info = connection_->client()->info;
  info.kind = hub::ClientInfo::Kind::kPart;
  hub::HubShard& shard = connection_->shard();
  auto client = co_await shard.Enter(connection_->tenant(), std::move(info), *this);
  if (!client) co_return client.error();
  client_ = std::move(*client);
  auto begun = co_await shard.Subscribe(client_, std::move(argument->filter), argument->from);
  if (!begun) co_return begun.error();
  if (begun->gap && !continue_on_gap_) co_return GapError(*begun->gap);
  co_return Status();
}

void EventPart::Leave() {
  if (client_) connection_->shard().Leave(client_);
  connection_ = nullptr;
}

void EventPart::RoomAgain() {
  if (client_) connection_->shard().RoomAgain(client_);
}

void EventPart::Deliver(const hub::Message& event) {
  connection_->Queue(::notify::signalr::StreamItem{invocation_, event.envelope()});
  connection_->CountEvent();
}

void EventPart::Skip(std::string_view, const Gap& gap) {
  if (!continue_on_gap_) EndSoon(FailedText(kMethod, GapError(gap)));
}

void EventPart::Flush() {
  if (connection_ != nullptr) connection_->Write();
}

void EventPart::Close(const hub::Farewell&) {
  EndSoon("An error occurred on the server while streaming results.");
}

void EventPart::EndSoon(std::string error) {
  if (std::exchange(ending_, true)) return;
  // Later, because the hub must not be left from inside it.
  connection_->lane().io.executor().Post([weak = weak_from_this(), error = std::move(error)] {
    const auto self = weak.lock();
    if (self && self->connection_ != nullptr) {
      self->connection_->invocations().EndStream(self->invocation_, error);
    }
  });
}

}  // namespace notify::agent::ingress::signalr
