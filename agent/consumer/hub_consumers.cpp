#include "agent/consumer/hub_consumers.hpp"

#include <utility>

namespace notify::agent::consumer {
namespace {

// Long enough that an idle subscription costs nothing, and short beside what expires.
constexpr auto kLongestWait = std::chrono::seconds(30);
// A stored name has at most 1,024 bytes.
constexpr std::size_t kLongestOwner = 512;

Error WrongOwner() {
  return Fail(Errc::kInvalidArgument,
              "A subscription with 'ack' belongs to a user, whose id has 1 to 512 bytes and no "
              "control characters.");
}

}  // namespace

Result<ConsumerDraft> HubConsumers::DraftOf(DurableWish wish) const {
  if (!IsConsumerName(wish.name)) {
    return Fail(Errc::kInvalidArgument,
                "'name' must be 1 to 100 letters, digits, dots, hyphens and underscores, and not "
                "begin with a dot.");
  }
  if (wish.owner.empty() || wish.owner.size() > kLongestOwner) {
    return WrongOwner();
  }
  if (auto checked = CheckLists(wish.types, wish.topics); !checked) return checked.error();
  ConsumerDraft draft;
  draft.spec.name = "hub/" + wish.owner + "/" + wish.name;
  draft.spec.types = std::move(wish.types);
  draft.spec.topics = std::move(wish.topics);
  draft.spec.max_in_flight = options_.max_in_flight;
  draft.spec.ack_timeout = options_.timeout;
  draft.spec.max_attempts = options_.max_attempts;
  draft.spec.expire_after = options_.expire_after;
  draft.spec.hold_for = options_.hold_for;
  draft.after = wish.from;
  // One that could not be read again would keep its tenant's others from being read.
  const auto kept = SpecFromJson(SpecJson(draft.spec));
  if (!kept || kept->name != draft.spec.name) return WrongOwner();
  return draft;
}

async::Task<Result<DurableBegun>> HubConsumers::Begin(TenantHandle tenant, DurableWish wish) {
  auto draft = DraftOf(std::move(wish));
  if (!draft) co_return draft.error();
  std::string name = draft->spec.name;
  auto begun = co_await consumers_.Begin(std::move(tenant), std::move(*draft));
  if (!begun) co_return begun.error();
  co_return DurableBegun{
      {std::move(name), begun->claim}, begun->standing.after, begun->standing.gap};
}

async::Task<Result<Fetched>> HubConsumers::Next(TenantHandle tenant, DurableRequest request) {
  FetchRequest fetch;
  fetch.max = ConsumerSpec::kMostInFlight;
  fetch.max_bytes = request.max_bytes;
  fetch.wait = kLongestWait;
  fetch.subscription = std::move(request.subscription);
  fetch.claim = request.claim.number;
  fetch.may_see = std::move(request.may_see);
  co_return co_await consumers_.Fetch(std::move(tenant), std::move(request.claim.consumer),
                                      std::move(fetch));
}

async::Task<Status> HubConsumers::Acknowledge(TenantHandle tenant, DurableClaim claim,
                                              Position position) {
  const auto now = co_await consumers_.Acknowledge(std::move(tenant), std::move(claim.consumer),
                                                   position, claim.number);
  co_return now ? Status() : Status(now.error());
}

async::Task<void> HubConsumers::TakeBack(TenantHandle tenant, DurableClaim claim, Fetched rest) {
  co_await consumers_.TakeBack(std::move(tenant), std::move(claim.consumer), std::move(rest),
                               Reached::kNothing, claim.number);
}

async::Task<void> HubConsumers::End(TenantHandle tenant, DurableClaim claim) {
  co_await consumers_.End(std::move(tenant), std::move(claim.consumer), claim.number);
}

}  // namespace notify::agent::consumer
