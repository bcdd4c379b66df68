#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/tenancy/strategy.hpp"

namespace notify {

/// The resolver chain as people configure it (`multi_tenancy` in notifyd.yaml).
struct ResolverOptions {
  std::vector<Strategy> chain = {Strategy::kKey, Strategy::kClaim, Strategy::kHeader,
                                 Strategy::kPath};
  std::string header = "X-Tenant";
  std::string path_pattern = "/t/{tenant}/";
  std::vector<std::string> base_domains;  ///< For kSubdomain, as in `api.smartpay.com`.
  std::string custom;                     ///< For kCustom; the first group is the tenant.
};

/// The resolver chain, checked and compiled.
///
/// Lifetime: immutable; copies share the compiled expression.
/// Threads:  any.
class ResolverConfig {
 public:
  /// The default chain.
  ResolverConfig() = default;

  /// kInvalidConfig: the chain is empty or has a strategy twice or lacks what it needs; the pattern
  /// does not end with `{tenant}/`; a base domain is not a domain; the expression does not compile,
  /// has no group or has more than 256 characters. `errors[0].pointer` is the option's name.
  static Result<ResolverConfig> Make(ResolverOptions options);

  const std::vector<Strategy>& chain() const { return options_.chain; }
  bool Has(Strategy strategy) const;
  const std::string& header() const { return options_.header; }
  /// What comes before the tenant in a path, with both slashes: `/t/`, or `/` alone.
  std::string_view path_prefix() const { return path_prefix_; }
  /// Lower case, no dot at either end.
  const std::vector<std::string>& base_domains() const { return options_.base_domains; }

  /// The first group of the custom expression in `subject` (`host/path`); nothing where it does not
  /// match or where `subject` is longer than kMaxCustomSubject. Time is polynomial in its length.
  std::optional<std::string> MatchCustom(std::string_view subject) const;

  static constexpr std::size_t kMaxCustomSubject = 512;

 private:
  class CustomRegex;

  ResolverOptions options_;
  std::string path_prefix_ = "/t/";
  // Shared by the copies of this configuration, each I/O thread's among them; it never changes.
  std::shared_ptr<const CustomRegex> custom_;
};

}  // namespace notify
