#include "agent/hub/hub.hpp"

#include <utility>

#include "agent/async/run_on.hpp"
#include "common/failpoint.hpp"

namespace notify::agent::hub {

Hub::Hub(async::Runtime& runtime, Upstream& upstream, DurableSource& durables,
         SessionKeeper& keeper, HubNews& news)
    : runtime_(runtime), keeper_(keeper) {
  for (std::size_t i = 0; i < runtime.io_threads(); ++i) {
    shards_.push_back(std::make_unique<HubShard>(runtime.io(i), i, runtime.random(), upstream,
                                                 durables, keeper, news, clients_));
  }
}

async::Task<std::size_t> Hub::Invoke(TenantHandle tenant, LiveTarget target, std::string method,
                                     std::string argument) {
  return InvokeNewest(std::move(tenant), std::move(target), std::move(method), std::move(argument),
                      {});
}

async::Task<std::size_t> Hub::InvokeNewest(TenantHandle tenant, LiveTarget target,
                                           std::string method, std::string argument,
                                           std::string key) {
  std::size_t took = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto send = [&] {
      return shards_[i]->Send(tenant.id(), target, Message(method, argument, key));
    };
    async::CallOn sending(runtime_.io(i).executor(), send);
    took += co_await sending;
  }
  co_return took;
}

async::Task<Hub::Taken> Hub::Give(TenantHandle tenant, LiveTarget target, std::string method,
                                  std::string argument, Taken before) {
  Taken taken = before;
  taken.full = false;
  for (; taken.thread < shards_.size(); ++taken.thread) {
    const auto give = [&] {
      return shards_[taken.thread]->Give(tenant.id(), target, Message(method, argument));
    };
    async::CallOn giving(runtime_.io(taken.thread).executor(), give);
    const std::optional<std::size_t> took = co_await giving;
    taken.full = !took;
    if (taken.full) break;
    taken.connections += *took;
  }
  co_return taken;
}

async::Task<std::size_t> Hub::CountOf(TenantHandle tenant, LiveTarget target) {
  std::size_t meant = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto count = [&] { return shards_[i]->CountOf(tenant.id(), target); };
    async::CallOn counting(runtime_.io(i).executor(), count);
    meant += co_await counting;
  }
  co_return meant;
}

async::Task<std::size_t> Hub::ConnectionsThatGot(TenantHandle tenant, Position event) {
  std::size_t got = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto ask = [&] { return shards_[i]->Got(tenant.id(), event); };
    async::CallOn asking(runtime_.io(i).executor(), ask);
    got += co_await asking;
  }
  co_return got;
}

async::Task<void> Hub::Refresh(TenantHandle tenant) {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto refresh = [&] { shards_[i]->Refresh(tenant); };
    async::CallOn refreshing(runtime_.io(i).executor(), refresh);
    co_await refreshing;
  }
}

async::Task<std::size_t> Hub::DisconnectWhere(HubShard::Chooser chosen, Farewell farewell) {
  std::size_t closed = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto close = [&] { return shards_[i]->CloseWhere(chosen, farewell); };
    async::CallOn closing(runtime_.io(i).executor(), close);
    closed += co_await closing;
  }
  co_return closed;
}

async::Task<Result<Resumed>> Hub::Resume(std::size_t io, ClientPtr client, std::string session) {
  std::optional<SessionState> state;
  for (std::size_t i = 0; i < shards_.size() && !state; ++i) {
    const auto take = [&] { return shards_[i]->TakeSession(*client, session); };
    async::CallOn taking(runtime_.io(i).executor(), take);
    state = co_await taking;
  }
  if (!state) {
    const auto kept = co_await keeper_.Find(client->room->tenant(), session, client->info.actor);
    if (!kept) co_return kept.error();
    if (*kept) {
      if (auto read = ReadSession((*kept)->state)) state = std::move(*read);
      if (state && (*kept)->follows) Follow(*state, *(*kept)->follows);
    }
  }
  if (!state) co_return Resumed{};
  if (NOTIFY_FAILPOINT(kSessionForgets)) Follow(*state, client->position());
  co_return co_await shards_[io]->Restore(std::move(client), std::move(session), std::move(*state));
}

async::Task<void> Hub::Drain(Clock::Duration window) {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const auto drain = [&] { shards_[i]->Drain(window); };
    async::CallOn draining(runtime_.io(i).executor(), drain);
    co_await draining;
  }
  async::RunOn waiting(runtime_.io(0).executor(), WaitForNobody(window + std::chrono::seconds(1)));
  co_await waiting;
}

async::Task<void> Hub::WaitForNobody(Clock::Duration limit) {
  async::Timers& timers = runtime_.io(0).timers();
  const Clock::TimePoint end = timers.clock().Now() + limit;
  while (clients() > 0 && timers.clock().Now() < end) {
    co_await timers.Sleep(std::chrono::milliseconds(10));
  }
}

async::Task<void> Hub::Stop() {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    async::RunOn stopping(runtime_.io(i).executor(), shards_[i]->Stop());
    co_await stopping;
  }
}

}  // namespace notify::agent::hub
