#include "agent/app/verify.hpp"

#include <cstdio>
#include <memory>
#include <utility>

#include "agent/app/tenancy.hpp"
#include "agent/tenant/handle_issuer.hpp"

namespace notify::agent::app {
namespace {

void Tell(const TenantHandle& tenant, const eventlog::LogCheck& check) {
  const char* const name = tenant.id().text().c_str();
  if (check.damaged.empty() && check.damaged_key_runs == 0) {
    std::printf("%s: whole, %llu events in %llu blocks\n", name,
                static_cast<unsigned long long>(check.events),
                static_cast<unsigned long long>(check.blocks));
    return;
  }
  std::printf("%s: DAMAGED, %zu ranges of events and %llu runs of keys\n", name,
              check.damaged.size(), static_cast<unsigned long long>(check.damaged_key_runs));
  for (const eventlog::DamagedRange& range : check.damaged) {
    std::printf("  events %llu to %llu\n", static_cast<unsigned long long>(range.first.value),
                static_cast<unsigned long long>(range.last.value));
  }
}

async::Task<Result<Verified>> CheckAll(Storage& storage, Tenancy& tenancy) {
  if (auto loaded = co_await tenancy.registry->Load(); !loaded) co_return loaded.error();
  auto recovering = storage.log->Recover(
      [directory = tenancy.directory.OfPlatform()](std::string_view name, Epoch epoch) {
        return tenant::HandleIssuer::ForRecovery(*directory, name, epoch);
      });
  if (auto recovered = co_await std::move(recovering); !recovered) co_return recovered.error();
  Verified verified;
  const auto tenants =
      tenant::HandleIssuer::ForEach(*tenancy.directory.OfPlatform(), "log.verify", *storage.audit);
  for (const TenantHandle& tenant : tenants) {
    auto checking = storage.log->Check(tenant);
    const auto check = co_await std::move(checking);
    ++verified.tenants;
    if (!check) {
      std::printf("%s: cannot be read: %s\n", tenant.id().text().c_str(),
                  check.error().detail.c_str());
      ++verified.damaged;
      continue;
    }
    Tell(tenant, *check);
    if (!check->damaged.empty() || check->damaged_key_runs > 0) ++verified.damaged;
  }
  co_return verified;
}

}  // namespace

async::Task<Result<Verified>> VerifyFolder(async::Runtime& runtime, const AgentConfig& config,
                                           std::uint32_t own_uid) {
  auto storage = BuildStorage(runtime, config);
  if (!storage) co_return storage.error();
  auto tenancy = BuildTenancy(runtime, config, own_uid, **storage);
  if (!tenancy) co_return tenancy.error();
  auto checking = CheckAll(**storage, **tenancy);
  auto verified = co_await std::move(checking);
  co_await (*tenancy)->scheduling->Stop();
  co_await (*storage)->audit->Stop();
  co_await (*storage)->log->Close();
  co_return verified;
}

}  // namespace notify::agent::app
