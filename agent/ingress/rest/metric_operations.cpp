#include "agent/ingress/rest/metric_operations.hpp"

#include <memory>
#include <utility>

#include "agent/ingress/rest/all_tenants.hpp"
#include "agent/ingress/rest/time_range.hpp"

namespace notify::agent::ingress::rest {
namespace {

std::optional<std::int64_t> UnixMs(const std::optional<Clock::WallTime>& time) {
  if (!time) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(*time).time_since_epoch().count();
}

class Querying {
 public:
  Querying(projection::MetricsProjection& projection, const tenant::DirectoryPublisher& directory,
           const Clock& clock, bool on)
      : projection_(projection), directory_(directory), clock_(clock), on_(on) {}

  async::Task<Result<Response>> Query(Call& call) {
    if (!on_) {
      co_return Fail(Errc::kFeatureDisabled, "Analytics are switched off.",
                     "Set analytics.enabled and advanced.analytics.enabled to true.");
    }
    auto query = projection::ParseMetricQuery(call.head().Query("metric").value_or(""),
                                              call.head().Query("by").value_or(""));
    if (!query) co_return query.error();
    const auto range = TimeRangeOf(call, clock_.WallNow());
    if (!range) co_return range.error();
    query->since_ms = UnixMs(range->since);
    query->until_ms = UnixMs(range->until);
    std::vector<TenantHandle> tenants;
    if (call.caller.tenant) {
      tenants.push_back(*call.caller.tenant);
    } else if (call.caller.principal.Is(Role::kPlatformAdmin)) {
      tenants = TenantsOf(call, directory_);
    } else {
      co_return TenantOf(call).error();
    }
    auto answer = co_await projection_.Query(std::move(tenants), *query);
    if (!answer) co_return answer.error();
    co_return Json(std::move(*answer));
  }

 private:
  projection::MetricsProjection& projection_;
  const tenant::DirectoryPublisher& directory_;
  const Clock& clock_;
  const bool on_;
};

}  // namespace

void AddMetricOperations(Operations& operations, projection::MetricsProjection& projection,
                         const tenant::DirectoryPublisher& directory, const Clock& clock, bool on) {
  // As long as the server lives.
  auto shared = std::make_shared<Querying>(projection, directory, clock, on);
  operations.Add("queryMetrics", [shared](Call& call) { return shared->Query(call); });
}

}  // namespace notify::agent::ingress::rest
