#include "common/failpoint.hpp"

#if defined(NOTIFY_FAILPOINTS)

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <utility>

namespace notify {
namespace {

constexpr std::array<std::string_view, 9> kNames = {"eventlog.acknowledge_unproven",
                                                    "eventlog.forget_duplicates",
                                                    "eventlog.skip_sync",
                                                    "hub.mix_tenants",
                                                    "hub.resume_too_early",
                                                    "delivery.cursor_before_append",
                                                    "hub.session_forgets",
                                                    "hub.session_ahead",
                                                    "hub.repeat_unmarked"};
constexpr int kNone = -1;

int FromEnvironment() {
  const char* name = std::getenv("NOTIFY_FAILPOINT");
  const auto failpoint = name != nullptr ? FailpointNamed(name) : std::nullopt;
  return failpoint ? static_cast<int>(*failpoint) : kNone;
}

// A fault is of the process, as a bug is; it never exists in a release.
std::atomic<int> planted = FromEnvironment();

}  // namespace

std::string_view NameOf(Failpoint failpoint) {
  return kNames.at(static_cast<std::size_t>(failpoint));
}

std::optional<Failpoint> FailpointNamed(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Failpoint>(found - kNames.begin());
}

void Plant(std::optional<Failpoint> failpoint) {
  planted.store(failpoint ? static_cast<int>(*failpoint) : kNone);
}

bool Planted(Failpoint failpoint) {
  return planted.load(std::memory_order_relaxed) == static_cast<int>(failpoint);
}

}  // namespace notify

#endif
