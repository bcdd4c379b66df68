#include "agent/telemetry/metrics_markdown.hpp"

#include <string_view>

#include "agent/telemetry/families.hpp"

namespace notify::agent::telemetry {
namespace {

constexpr std::string_view kHead = R"(# Metrics

Generated from `agent/telemetry/families.hpp`; change it there. A test says how to write this page
again when it is stale.

`GET /metrics` answers the Prometheus text format 0.0.4. At most 500 tenants have a label of their
own, first come, first served; the others are summed under `tenant="other"`. A family that reaches
its bound (10,000 series, a histogram 500) sums the rest with every label `other`. What concerns no
tenant has `tenant=""`. `notifyctl metric query` is exact for all tenants.

| family | type | labels | what it says |
| --- | --- | --- | --- |
)";

constexpr std::string_view kTail = R"(
Buckets of histograms in seconds: 0.0001, 0.00025, 0.0005, 0.001 and so on to 10. Buckets of
histograms of counts: the powers of two from 1 to 32,768.
)";

std::string LabelList(const FamilyInfo& family) {
  std::string list;
  for (std::size_t i = 0; i < family.LabelCount(); ++i) {
    list.append(i == 0 ? "`" : ", `").append(family.labels[i]).append("`");
  }
  return list.empty() ? "–" : list;
}

}  // namespace

std::string MetricsMarkdown() {
  std::string page(kHead);
  for (const FamilyInfo& family : kFamilies) {
    page.append("| `").append(family.name).append("` | ").append(TypeName(family.type));
    page.append(" | ").append(LabelList(family)).append(" | ").append(family.help);
    if (!family.sums) page.append(" (no row for `other`)");
    page.append(" |\n");
  }
  page.append(kTail);
  return page;
}

}  // namespace notify::agent::telemetry
