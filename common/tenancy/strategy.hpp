#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace notify {

/// Where a request may name its tenant (contract 5). A chain of these is tried in order.
enum class Strategy : std::uint8_t {
  kKey,        ///< The API key of the request.
  kClaim,      ///< The tenant claim of the request's token.
  kHeader,     ///< A header, `X-Tenant` unless configured otherwise.
  kPath,       ///< A prefix of the path, `/t/{tenant}/` unless configured otherwise.
  kHost,       ///< A whole host name that a tenant registered.
  kSubdomain,  ///< The label before a configured base domain.
  kCustom,     ///< A configured regular expression over `host` + path.
};

/// The word that the configuration and explanations use: `key`, `claim`, ….
std::string_view ToString(Strategy strategy);

/// Nothing where `word` names no strategy.
std::optional<Strategy> StrategyFromString(std::string_view word);

}  // namespace notify
