#include "cli/top_level/bench_tenants.hpp"

#include "cli/output/progress.hpp"
#include "common/ids.hpp"

namespace notify::cli::top_level {
namespace {

std::string Padded(std::int64_t number) {
  constexpr std::size_t kDigits = 5;
  auto digits = std::to_string(number);
  return std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits;
}

}  // namespace

Result<BenchTenants> MakeBenchTenants(Factory& factory, std::int64_t count,
                                      const std::string& prefix) {
  BenchTenants tenants;
  if (count == 0) return tenants;
  tenants.made = prefix.empty();
  const std::string base =
      tenants.made ? "bench-" + std::to_string(factory.random().Next() % 1'000'000'000) : prefix;
  if (auto id = TenantId::Parse(base + "-" + Padded(count)); !id) {
    return Fail(Errc::kUsage, "'" + base + "-" + Padded(count) + "' is not a tenant id.",
                "--tenant-prefix takes a short word of a-z, 0-9 and '-'");
  }
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  output::Progress progress(factory.streams(), "tenants", static_cast<std::uint64_t>(count));
  for (std::int64_t i = 1; i <= count; ++i) {
    auto body = Value::Object();
    body.Set("id", base + "-" + Padded(i));
    const auto made = (*client)->Call({.operation = "createTenant", .body = body.Compact()});
    const bool there = !made && !tenants.made && made.error().code == Errc::kTenantExists;
    if (!made && !there) {
      auto error = made.error();
      if (auto removed = RemoveBenchTenants(factory, tenants); !removed) {
        error.detail += " Some tenants " + base + "-* are left: " + removed.error().detail;
      }
      return error;
    }
    tenants.ids.push_back(body.Text("id"));
    progress.Update(static_cast<std::uint64_t>(i));
  }
  return tenants;
}

Status RemoveBenchTenants(Factory& factory, const BenchTenants& tenants) {
  if (!tenants.made) return {};
  auto client = factory.Client();
  if (!client) return std::move(client.error());
  Status first;
  for (const auto& id : tenants.ids) {
    const auto gone = (*client)->Call({.operation = "deleteTenant", .path = {{"id", id}}});
    if (!gone && first) first = gone.error();
  }
  return first;
}

}  // namespace notify::cli::top_level
