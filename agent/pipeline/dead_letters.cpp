#include "agent/pipeline/dead_letters.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/delivery/delivery_queue.hpp"
#include "common/encoding.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::pipeline {
namespace {

using Kind = DeadLetterFilter::Kind;

constexpr std::size_t kPage = 200;

nlohmann::ordered_json DeliveryLetter(const delivery::Delivery& delivery) {
  std::string failed_at;
  AppendRfc3339(failed_at, delivery.updated_ms);
  return {{"id", delivery.id},
          {"kind", "delivery"},
          {"notification", delivery.notification},
          {"channel", delivery.channel},
          {"recipient", delivery.recipient},
          {"rule", delivery.rule},
          {"event",
           {{"epoch", delivery.event.epoch.value}, {"sequence", delivery.event.sequence.value}}},
          {"attempts", delivery.attempts},
          {"reason", delivery.last_error},
          {"state", "DEAD"},
          {"failedAt", failed_at}};
}

std::string Text(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Error NoSuchLetter(const std::string& id) {
  return Fail(Errc::kNotFound, "There is no dead letter " + id.substr(0, 64) + ".",
              "notifyctl dlq list");
}

}  // namespace

async::Task<Result<DeadLetterPage>> DeadLetters::List(TenantHandle tenant, DeadLetterFilter filter,
                                                      std::string cursor, std::size_t limit) {
  After after;
  if (!cursor.empty()) {
    const std::string text = FromBase64Url(cursor).value_or("");
    const std::size_t dot = text.find('.');
    const char* end = text.data() + std::min(dot, text.size());
    const auto read = std::from_chars(text.data(), end, after.failed_ms);
    if (dot == std::string::npos || read.ec != std::errc{} || read.ptr != end) {
      co_return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
    }
    after.id = text.substr(dot + 1);
  }
  async::CallOn here(parts_.runtime.platform(),
                     [&] { return PageHere(tenant, filter, after, limit + 1); });
  auto letters = co_await here;
  if (!letters) co_return letters.error();
  DeadLetterPage page;
  for (Letter& letter : *letters) {
    if (page.items.size() == limit) {
      const Letter& last = (*letters)[limit - 1];
      page.next = ToBase64Url(std::to_string(last.failed_ms) + "." + last.id);
      break;
    }
    page.items.push_back(std::move(letter.json));
  }
  co_return page;
}

Result<std::vector<DeadLetters::Letter>> DeadLetters::PageHere(const TenantHandle& tenant,
                                                               const DeadLetterFilter& filter,
                                                               const After& after,
                                                               std::size_t limit) {
  std::vector<Letter> letters;
  if (filter.kind != Kind::kDelivery) {
    auto state = parts_.databases.Open(tenant, consumer::kConsumerSchema);
    if (!state) return state.error();
    auto found = consumer::DeadLetterStore(**state, tenant, parts_.runtime.random())
                     .List(filter.consumer, after.failed_ms, after.id, limit);
    if (!found) return found.error();
    for (const consumer::DeadLetter& one : *found) {
      letters.push_back({one.failed_ms, one.id, DeadLetterJson(one, tenant.id())});
    }
  }
  if (filter.kind != Kind::kConsumer && filter.consumer.empty()) {
    auto state = OpenState(parts_.databases, tenant);
    if (!state) return state.error();
    auto found = delivery::DeliveryQueue(**state, tenant, parts_.runtime.random())
                     .Failed(after.failed_ms, after.id, limit);
    if (!found) return found.error();
    for (const delivery::Delivery& one : *found) {
      letters.push_back({one.updated_ms, one.id, Text(DeliveryLetter(one))});
    }
  }
  std::ranges::sort(letters, {}, [](const Letter& letter) {
    return std::pair<std::int64_t, std::string_view>(letter.failed_ms, letter.id);
  });
  if (letters.size() > limit) letters.resize(limit);
  return letters;
}

async::Task<Result<std::string>> DeadLetters::Get(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&] { return GetHere(tenant, id); });
  co_return co_await here;
}

Result<std::string> DeadLetters::GetHere(const TenantHandle& tenant, const std::string& id) {
  auto state = parts_.databases.Open(tenant, consumer::kConsumerSchema);
  if (!state) return state.error();
  auto letter = consumer::DeadLetterStore(**state, tenant, parts_.runtime.random()).Get(id);
  if (letter) return DeadLetterJson(*letter, tenant.id());
  if (letter.error().code != Errc::kNotFound) return letter.error();
  state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto delivery = delivery::DeliveryQueue(**state, tenant, parts_.runtime.random()).Get(id);
  if (!delivery || delivery->id != id || delivery->state != delivery::State::kFailed) {
    return NoSuchLetter(id);
  }
  auto shown = DeliveryLetter(*delivery);
  shown["delivery"] = nlohmann::ordered_json::parse(DeliveryJson(*delivery));
  return Text(shown);
}

async::Task<Result<std::string>> DeadLetters::Retry(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&]() -> Result<std::string> {
    if (auto retried = RetryHere(tenant, id); !retried) return retried.error();
    return Text({{"id", id}, {"retried", true}});
  });
  co_return co_await here;
}

Status DeadLetters::RetryHere(const TenantHandle& tenant, const std::string& id) {
  auto given = consumers_.GiveBack(tenant, id);
  if (given) return {};
  if (given.error().code != Errc::kNotFound) return given.error();
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  delivery::DeliveryQueue queue(**state, tenant, parts_.runtime.random());
  auto retried = queue.Retry(id, UnixMs(parts_.runtime.clock().WallNow()));
  if (!retried) return retried.error();
  if (*retried) {
    loop_.Kick(tenant);
    return {};
  }
  const auto delivery = queue.Get(id);
  if (!delivery || delivery->id != id || delivery->state != delivery::State::kFailed) {
    return NoSuchLetter(id);
  }
  return Fail(Errc::kConflict,
              "The delivery " + id + " cannot be tried again: " +
                  (delivery->attempts > 0 ? "its end is just being recorded."
                                          : "nothing could be rendered."),
              delivery->attempts > 0 ? "Try again in a second." : "notifyctl dlq purge " + id);
}

async::Task<Status> DeadLetters::Purge(TenantHandle tenant, std::string id) {
  async::CallOn here(parts_.runtime.platform(), [&] { return PurgeHere(tenant, id); });
  co_return co_await here;
}

Status DeadLetters::PurgeHere(const TenantHandle& tenant, const std::string& id) {
  auto binned = consumers_.Bin(tenant, id);
  if (binned || binned.error().code != Errc::kNotFound) return binned;
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  auto removed = delivery::DeliveryQueue(**state, tenant, parts_.runtime.random()).RemoveFailed(id);
  if (!removed) return removed.error();
  return *removed ? Status() : Status(NoSuchLetter(id));
}

async::Task<Result<std::size_t>> DeadLetters::RetryAll(TenantHandle tenant,
                                                       DeadLetterFilter filter) {
  async::RunOn here(parts_.runtime.platform(),
                    EachHere(std::move(tenant), std::move(filter), false));
  co_return co_await here;
}

async::Task<Result<std::size_t>> DeadLetters::PurgeAll(TenantHandle tenant,
                                                       DeadLetterFilter filter) {
  async::RunOn here(parts_.runtime.platform(),
                    EachHere(std::move(tenant), std::move(filter), true));
  co_return co_await here;
}

async::Task<Result<std::size_t>> DeadLetters::EachHere(TenantHandle tenant, DeadLetterFilter filter,
                                                       bool purge) {
  std::size_t done = 0;
  // What fails from now on is not meant.
  const std::int64_t now_ms = UnixMs(parts_.runtime.clock().WallNow());
  After after;
  while (true) {
    auto page = PageHere(tenant, filter, after, kPage);
    if (!page) co_return page.error();
    std::erase_if(*page, [now_ms](const Letter& letter) { return letter.failed_ms > now_ms; });
    if (page->empty()) co_return done;
    auto some = SomeHere(tenant, *page, purge);
    if (!some) co_return some.error();
    done += *some;
    after = {page->back().failed_ms, page->back().id};
    // Others have their turn between two pages.
    async::CallOn turn(parts_.runtime.platform(), [] {});
    co_await turn;
  }
}

Result<std::size_t> DeadLetters::SomeHere(const TenantHandle& tenant,
                                          const std::vector<Letter>& letters, bool purge) {
  std::size_t done = 0;
  // Both stages have their tables before the transaction begins.
  auto state = OpenState(parts_.databases, tenant);
  if (state) state = parts_.databases.Open(tenant, consumer::kConsumerSchema);
  if (!state) return state.error();
  auto written = (*state)->Transaction([&]() -> Status {
    for (const Letter& letter : letters) {
      const auto one = purge ? PurgeHere(tenant, letter.id) : RetryHere(tenant, letter.id);
      if (one) ++done;
      const bool goes_on =
          one || one.error().code == Errc::kConflict || one.error().code == Errc::kNotFound;
      if (!goes_on) return one;
    }
    return {};
  });
  if (!written) return written.error();
  return done;
}

}  // namespace notify::agent::pipeline
