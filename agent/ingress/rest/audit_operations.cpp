#include "agent/ingress/rest/audit_operations.hpp"

#include <memory>
#include <utility>

#include "agent/ingress/rest/all_tenants.hpp"
#include "agent/ingress/rest/list_cursor.hpp"
#include "agent/ingress/rest/time_range.hpp"

namespace notify::agent::ingress::rest {
namespace {

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Result<audit::AuditFilter> FilterOf(const Call& call, const Clock& clock) {
  const auto range = TimeRangeOf(call, clock.WallNow());
  if (!range) return range.error();
  const auto limit = LimitOf(call);
  if (!limit) return limit.error();
  audit::AuditFilter filter;
  if (range->since) filter.since_ms = UnixMs(*range->since);
  if (range->until) filter.until_ms = UnixMs(*range->until);
  filter.action = call.head().Query("action").value_or("");
  filter.result = call.head().Query("result").value_or("");
  auto cursor = CursorPlace(call, "audit");
  if (!cursor) return cursor.error();
  filter.cursor = std::move(*cursor).value_or("");
  filter.last = call.head().Query("last").has_value();
  filter.limit = *limit;
  return filter;
}

class Auditing {
 public:
  Auditing(audit::AuditChains& audit, const tenant::DirectoryPublisher& directory,
           const Clock& clock)
      : audit_(audit), directory_(directory), clock_(clock) {}

  async::Task<Result<Response>> List(Call& call) {
    auto filter = FilterOf(call, clock_);
    if (!filter) co_return filter.error();
    async::Task<Result<audit::AuditPage>> reading =
        call.caller.tenant ? audit_.List(*call.caller.tenant, std::move(*filter))
                           : audit_.ListAll(TenantsOf(call, directory_), std::move(*filter));
    auto page = co_await reading;
    if (!page) co_return page.error();
    std::vector<std::string> items;
    for (audit::AuditRecord& record : page->records) items.push_back(std::move(record.json));
    co_return ListResponse(items, NextCursor(call, "audit", page->next));
  }

 private:
  audit::AuditChains& audit_;
  const tenant::DirectoryPublisher& directory_;
  const Clock& clock_;
};

}  // namespace

void AddAuditOperations(Operations& operations, audit::AuditChains& audit,
                        const tenant::DirectoryPublisher& directory, const Clock& clock) {
  // As long as the server lives.
  auto shared = std::make_shared<Auditing>(audit, directory, clock);
  operations.Add("listAudit", [shared](Call& call) { return shared->List(call); });
}

}  // namespace notify::agent::ingress::rest
