#include <initializer_list>
#include <utility>

#include "agent/trigger/trigger_store.hpp"

namespace notify::agent::trigger {
namespace {

Trigger Example(std::string id, std::string on, std::string template_id,
                std::initializer_list<std::string_view> needs, bool to_user) {
  Trigger trigger;
  trigger.id = std::move(id);
  trigger.on = std::move(on);
  trigger.template_id = std::move(template_id);
  trigger.channels = {"in_app"};
  for (const std::string_view member : needs) {
    trigger.when.push_back(
        {"/data/" + std::string(member), Condition::Op::kExists, {Scalar(true)}});
  }
  if (to_user) {
    trigger.audience.kind = Audience::Kind::kUserFrom;
    trigger.audience.user_from = "/userid";
    trigger.when.push_back({"/userid", Condition::Op::kExists, {Scalar(true)}});
  }
  return trigger;
}

}  // namespace

std::vector<Trigger> ExampleTriggers() {
  return {
      Example("fx-quote-created", "fx.quote.created", "fx-quote-created",
              {"quoteId", "fromCurrency", "toCurrency", "amount", "rate", "convertedAmount"},
              false),
      Example("payment-processed", "payment.processed", "payment-processed",
              {"paymentId", "amount", "currency", "status"}, true),
      Example("rate-updated", "rate.updated", "rate-updated",
              {"base", "quote", "rate", "previousRate"}, false),
      Example("user-activity", "user.activity", "user-activity", {"action"}, true),
  };
}

}  // namespace notify::agent::trigger
