#include "agent/pipeline/delivery_questions.hpp"

#include <charconv>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/delivery/delivery_status.hpp"

namespace notify::agent::pipeline {
namespace {

using delivery::DeliveryPlace;
using delivery::DeliveryQueue;

Error NoSuchDelivery(const std::string& id) {
  return Fail(Errc::kNotFound, "There is no delivery " + id.substr(0, 64) + ".",
              "notifyctl delivery list");
}

std::string PlaceText(const DeliveryPlace& place) {
  return std::to_string(place.created_ms) + "." + place.id;
}

Result<std::optional<DeliveryPlace>> ReadPlace(const std::string& text) {
  if (text.empty()) return std::optional<DeliveryPlace>();
  const std::size_t dot = text.find('.');
  DeliveryPlace place;
  const char* const end = text.data() + (dot == std::string::npos ? 0 : dot);
  const auto read = std::from_chars(text.data(), end, place.created_ms);
  if (dot == std::string::npos || read.ec != std::errc{} || read.ptr != end) {
    return Fail(Errc::kInvalidArgument, "'cursor' is not one that the agent gave.");
  }
  place.id = text.substr(dot + 1);
  return std::optional(std::move(place));
}

}  // namespace

async::Task<Result<std::string>> DeliveryQuestions::Get(TenantHandle tenant, std::string id,
                                                        DeliveryView view) {
  async::CallOn here(parts_.runtime.platform(), [&] { return GetHere(tenant, id, view); });
  co_return co_await here;
}

Result<std::string> DeliveryQuestions::GetHere(const TenantHandle& tenant, const std::string& id,
                                               const DeliveryView& view) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  DeliveryQueue queue(**state, tenant, parts_.runtime.random());
  const auto found = queue.Get(id);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  // Whose it is stays unsaid.
  if (!found || (!view.only_to.empty() && found->recipient != view.only_to)) {
    return NoSuchDelivery(id);
  }
  const auto attempts = queue.AttemptsOf(found->id);
  if (!attempts) return attempts.error();
  return DeliveryStatusJson(*found, *attempts, view.reveal);
}

async::Task<Result<DeliveryStates>> DeliveryQuestions::List(TenantHandle tenant,
                                                            delivery::DeliveryFilter filter,
                                                            std::string place, std::size_t limit,
                                                            DeliveryView view) {
  auto after = ReadPlace(place);
  if (!after) co_return after.error();
  if (!view.only_to.empty()) {
    if (!filter.recipient.empty() && filter.recipient != view.only_to) co_return DeliveryStates();
    filter.recipient = view.only_to;
  }
  async::CallOn here(parts_.runtime.platform(),
                     [&] { return ListHere(tenant, filter, *after, limit, view.reveal); });
  co_return co_await here;
}

Result<DeliveryStates> DeliveryQuestions::ListHere(const TenantHandle& tenant,
                                                   const delivery::DeliveryFilter& filter,
                                                   const std::optional<DeliveryPlace>& after,
                                                   std::size_t limit, bool reveal) {
  auto state = OpenState(parts_.databases, tenant);
  if (!state) return state.error();
  const auto page =
      DeliveryQueue(**state, tenant, parts_.runtime.random()).List(filter, after, limit);
  if (!page) return page.error();
  DeliveryStates states;
  for (const delivery::Delivery& one : page->items) {
    states.items.push_back(DeliveryStatusJson(one, reveal));
  }
  if (page->next) states.next = PlaceText(*page->next);
  return states;
}

}  // namespace notify::agent::pipeline
