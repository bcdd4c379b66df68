#include "agent/hub/catch_up.hpp"

#include <algorithm>
#include <utility>

#include "agent/hub/room.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::hub {
namespace {

constexpr std::size_t kPageBytes = 256 << 10;

/// Who reads next: a subscription before the common flow, so that it can join that.
Subscription* FirstBehind(Client& client) {
  const auto found = std::ranges::find_if(
      client.subscriptions, [](const Subscription& each) { return each.behind != nullptr; });
  return found == client.subscriptions.end() ? nullptr : &*found;
}

Reading* ReadingOf(Client& client, Subscription* subscription) {
  auto& behind = subscription != nullptr ? subscription->behind : client.behind;
  return behind.get();
}

/// Up to where it reads before it has joined: the common flow, or the live flow.
Position TargetOf(const Client& client, const Subscription* subscription) {
  return subscription != nullptr ? client.position() : client.room->head();
}

void Join(Client& client, Subscription* subscription) {
  (subscription != nullptr ? subscription->after : client.after) =
      ReadingOf(client, subscription)->cursor.sequence;
  (subscription != nullptr ? subscription->behind : client.behind).reset();
}

void TellGap(Client& client, const Subscription* subscription, const Gap& gap) {
  if (subscription != nullptr) {
    client.subscriber->Skip(subscription->id.view(), gap);
    return;
  }
  for (const Subscription& each : client.subscriptions) {
    if (!each.behind) client.subscriber->Skip(each.id.view(), gap);
  }
}

/// The numbers of another log say nothing here.
void BeginAgainAfter(Client& client, Sequence sequence) {
  client.after = sequence;
  for (Subscription& each : client.subscriptions) each.after = sequence;
}

}  // namespace

void CatchUp::Wake(const ClientPtr& client) {
  if (client->subscriber == nullptr) {
    client->more.Notify();
  } else if (client->reading) {
    client->more.Notify();
  } else if (client->IsBehind() && !tasks_.stopping()) {
    client->reading = true;
    tasks_.Spawn(Run(client));
  }
}

async::Task<void> CatchUp::Run(ClientPtr client) {
  const async::StopHook hook(tasks_, [&client] { client->more.Notify(); });
  Next next = Next::kGoOn;
  while (next != Next::kEnd && client->subscriber != nullptr && !tasks_.stopping()) {
    Subscription* subscription = FirstBehind(*client);
    Reading* reading = ReadingOf(*client, subscription);
    if (reading == nullptr) {
      client->reading = false;
      co_return;
    }
    next = Step(*client, subscription, *reading);
    if (next == Next::kWait) {
      co_await client->more.Wait();
    } else if (next == Next::kGoOn) {
      // Where it has joined, the reading is over.
      const Reading* const left = ReadingOf(*client, subscription);
      const ShortId id = subscription != nullptr ? subscription->id : ShortId();
      if (left != nullptr && !left->page) next = co_await ReadPageOf(client, id);
    }
  }
  // It stays marked as reading: a client that was told to go is not read for again.
}

CatchUp::Next CatchUp::Step(Client& client, Subscription* subscription, Reading& reading) {
  if (!client.room->attached()) return Next::kWait;
  const Position target = TargetOf(client, subscription);
  if (reading.page) {
    LookThrough(client, subscription, reading, target);
    client.subscriber->Flush();
  }
  if (reading.cursor >= target) {
    Join(client, subscription);
    return Next::kGoOn;
  }
  return client.subscriber->HasRoom() ? Next::kGoOn : Next::kWait;
}

async::Task<CatchUp::Next> CatchUp::ReadPageOf(ClientPtr client, ShortId id) {
  const Position cursor =
      ReadingOf(*client, id.empty() ? nullptr : client->Find(id.view()))->cursor;
  auto page = co_await log_.Read(client->room->tenant(), cursor, kPageBytes);
  if (client->subscriber == nullptr) co_return Next::kEnd;
  Subscription* subscription = id.empty() ? nullptr : client->Find(id.view());
  if (!id.empty() && subscription == nullptr) co_return Next::kGoOn;
  Reading* reading = ReadingOf(*client, subscription);
  if (reading == nullptr || reading->cursor != cursor) co_return Next::kGoOn;
  const bool nothing = page && page->batches.empty() && !page->gap;
  if (!page || nothing) {
    // The log has events up to the live flow's head, so this is a fault: another try, from anew.
    client->subscriber->Close({std::nullopt, true});
    co_return Next::kEnd;
  }
  if (page->gap) {
    reading->cursor = page->gap->resumed_after;
    if (subscription == nullptr) BeginAgainAfter(*client, reading->cursor.sequence);
    TellGap(*client, subscription, *page->gap);
  }
  reading->batch = 0;
  if (!page->batches.empty()) reading->page = std::move(*page);
  co_return Next::kGoOn;
}

void CatchUp::LookThrough(Client& client, Subscription* subscription, Reading& reading,
                          Position target) {
  const auto& batches = reading.page->batches;
  const SentBefore* const before =
      (subscription != nullptr ? subscription->sent_before : client.sent_before).get();
  for (; reading.batch < batches.size(); ++reading.batch) {
    const CommittedBatch& batch = *batches[reading.batch];
    const std::uint64_t next = reading.cursor.sequence.value + 1;
    for (std::size_t i = next > batch.first.value ? next - batch.first.value : 0;
         i < batch.events.size(); ++i) {
      if (reading.cursor >= target || !client.subscriber->HasRoom()) return;
      const EventFacts event = client.room->Look(batch, i);
      const bool wanted = subscription != nullptr ? MaySee(client.info.sight(), event) &&
                                                        subscription->filter->Wants(event)
                                                  : client.WantsNow(event);
      if (wanted) {
        Message message(client.room->tenant().record(), batch, i);
        const bool marks = !NOTIFY_FAILPOINT(kRepeatUnmarked);
        if (before != nullptr && before->Has(event.position) && marks) message.MarkRedelivered();
        client.subscriber->Deliver(message);
      }
      reading.cursor = event.position;
    }
  }
  reading.page.reset();
}

}  // namespace notify::agent::hub
