#include "cli/client/hub/reconnect_policy.hpp"

#include <array>
#include <string>

namespace notify::cli::client {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::seconds, 4> kDelays = {0s, 2s, 10s, 30s};

}  // namespace

Result<ReconnectPolicy> ReconnectPolicy::Parse(std::string_view name) {
  if (name == "default") return ReconnectPolicy(Kind::kDefault);
  if (name == "always") return ReconnectPolicy(Kind::kAlways);
  if (name == "never") return ReconnectPolicy(Kind::kNever);
  return Fail(Errc::kUsage, "\"" + std::string(name) + "\" is not a way to reconnect.",
              "use default, always or never");
}

std::optional<std::chrono::seconds> ReconnectPolicy::Delay(int tried) const {
  if (kind_ == Kind::kNever) return std::nullopt;
  const auto index = static_cast<std::size_t>(tried);
  if (index < kDelays.size()) return kDelays.at(index);
  if (kind_ == Kind::kAlways) return kDelays.back();
  return std::nullopt;
}

}  // namespace notify::cli::client
