#include "agent/ingress/rest/dead_letter_operations.hpp"

#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "agent/ingress/rest/audit_note.hpp"

namespace notify::agent::ingress::rest {
namespace {

using nlohmann::json;
using pipeline::DeadLetterFilter;
using pipeline::DeadLetters;

Result<DeadLetterFilter> FilterOf(const Call& call) {
  DeadLetterFilter filter;
  const std::string kind = call.head().Query("kind").value_or("");
  if (kind == "consumer") {
    filter.kind = DeadLetterFilter::Kind::kConsumer;
  } else if (kind == "delivery") {
    filter.kind = DeadLetterFilter::Kind::kDelivery;
  } else if (!kind.empty()) {
    return Fail(Errc::kInvalidArgument, "'kind' must be consumer or delivery.");
  }
  filter.consumer = call.head().Query("consumer").value_or("");
  if (!filter.consumer.empty() && filter.kind == DeadLetterFilter::Kind::kDelivery) {
    return Fail(Errc::kInvalidArgument, "'consumer' goes with kind=consumer.");
  }
  return filter;
}

class Letters {
 public:
  Letters(DeadLetters& letters, AuditSink& audit) : letters_(letters), audit_(audit) {}

  async::Task<Result<Response>> List(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto filter = FilterOf(call);
    if (!filter) co_return filter.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    std::string cursor(call.head().Query("cursor").value_or(""));
    auto page = co_await letters_.List(*tenant, std::move(*filter), std::move(cursor), *limit);
    if (!page) co_return page.error();
    co_return ListResponse(page->items, page->next);
  }

  async::Task<Result<Response>> Get(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto letter = co_await letters_.Get(*tenant, std::string(call.Parameter("id")));
    if (!letter) co_return letter.error();
    co_return Json(std::move(*letter));
  }

  async::Task<Result<Response>> Retry(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto retried = co_await letters_.Retry(*tenant, id);
    Note(audit_, call, "dlq.retry", "dead-letter:" + id, retried);
    if (!retried) co_return retried.error();
    co_return Json(std::move(*retried));
  }

  async::Task<Result<Response>> Delete(Call& call) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const std::string id(call.Parameter("id"));
    auto purged = co_await letters_.Purge(*tenant, id);
    Note(audit_, call, "dlq.purge", "dead-letter:" + id, purged);
    if (!purged) co_return purged.error();
    co_return Json(json{{"id", id}, {"deleted", true}}.dump());
  }

  async::Task<Result<Response>> Each(Call& call, bool purge) {
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    auto filter = FilterOf(call);
    if (!filter) co_return filter.error();
    const std::string target =
        filter->consumer.empty() ? "dead-letters" : "consumer:" + filter->consumer;
    async::Task<Result<std::size_t>> doing = purge ? letters_.PurgeAll(*tenant, std::move(*filter))
                                                   : letters_.RetryAll(*tenant, std::move(*filter));
    auto done = co_await doing;
    Note(audit_, call, purge ? "dlq.purge" : "dlq.retry", target, done);
    if (!done) co_return done.error();
    co_return Json(json{{purge ? "purged" : "retried", *done}}.dump());
  }

 private:
  DeadLetters& letters_;
  AuditSink& audit_;
};

}  // namespace

void AddDeadLetterOperations(Operations& operations, DeadLetters& letters, AuditSink& audit) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Letters>(letters, audit);
  operations.Add("listDeadLetters", [shared](Call& call) { return shared->List(call); });
  operations.Add("getDeadLetter", [shared](Call& call) { return shared->Get(call); });
  operations.Add("deleteDeadLetter", [shared](Call& call) { return shared->Delete(call); });
  operations.Add("retryDeadLetter", [shared](Call& call) { return shared->Retry(call); });
  operations.Add("retryDeadLetters", [shared](Call& call) { return shared->Each(call, false); });
  operations.Add("purgeDeadLetters", [shared](Call& call) { return shared->Each(call, true); });
}

}  // namespace notify::agent::ingress::rest
