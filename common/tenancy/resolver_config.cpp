#include "common/tenancy/resolver_config.hpp"

#include <algorithm>
#include <array>
#include <regex>

namespace notify {
namespace {

constexpr std::size_t kMaxExpression = 256;
constexpr std::string_view kPlaceholder = "{tenant}";

Error Wrong(std::string_view option, std::string detail) {
  auto error = Fail(Errc::kInvalidConfig, detail);
  error.errors.push_back({std::string(option), std::move(detail)});
  return error;
}

bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kSymbols.find(c) != std::string_view::npos;
  });
}

bool IsDomain(std::string_view name) {
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.back() != '.' &&
         name.find("..") == std::string_view::npos && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
         });
}

// The literal before `{tenant}`, or nothing where the pattern is not one.
std::optional<std::string> PathPrefix(std::string_view pattern) {
  if (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (!pattern.starts_with('/') || !pattern.ends_with(kPlaceholder)) return std::nullopt;
  pattern.remove_suffix(kPlaceholder.size());
  const bool plain =
      pattern.ends_with('/') && pattern.find("//") == std::string_view::npos &&
      pattern.find("..") == std::string_view::npos && std::ranges::all_of(pattern, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '-' || c == '_' || c == '.' || c == '/';
      });
  if (!plain) return std::nullopt;
  return std::string(pattern);
}

}  // namespace

/// Wraps std::regex and its exceptions; in libstdc++'s polynomial mode, so that no request can make
/// an unlucky expression take exponential time.
class ResolverConfig::CustomRegex {
 public:
  static std::shared_ptr<const CustomRegex> Compile(const std::string& expression) {
    try {
      std::regex regex(expression,
                       std::regex_constants::ECMAScript | std::regex_constants::__polynomial);
      if (regex.mark_count() < 1) return nullptr;
      return std::make_shared<const CustomRegex>(std::move(regex));
    } catch (const std::regex_error&) {
      return nullptr;
    }
  }

  explicit CustomRegex(std::regex regex) : regex_(std::move(regex)) {}

  std::optional<std::string> FirstGroup(std::string_view subject) const {
    try {
      std::match_results<std::string_view::const_iterator> match;
      if (!std::regex_search(subject.begin(), subject.end(), match, regex_)) return std::nullopt;
      if (!match[1].matched) return std::nullopt;
      return match[1].str();
    } catch (const std::regex_error&) {
      return std::nullopt;
    }
  }

 private:
  std::regex regex_;
};

Result<ResolverConfig> ResolverConfig::Make(ResolverOptions options) {
  if (options.chain.empty()) return Wrong("strategy", "must name at least one strategy");
  std::array<bool, 7> seen{};
  for (const auto strategy : options.chain) {
    auto& mark = seen.at(static_cast<std::size_t>(strategy));
    if (mark) return Wrong("strategy", "names '" + std::string(ToString(strategy)) + "' twice");
    mark = true;
  }
  if (!IsHeaderName(options.header)) return Wrong("header", "must be the name of a header");
  const auto prefix = PathPrefix(options.path_pattern);
  if (!prefix) {
    return Wrong("path_pattern", "must be a path that ends with {tenant}/, as in /t/{tenant}/");
  }
  for (const auto& domain : options.base_domains) {
    if (!IsDomain(domain)) {
      return Wrong("base_domains", "must be lower-case domains such as api.smartpay.com");
    }
  }

  ResolverConfig config;
  config.options_ = std::move(options);
  config.path_prefix_ = *prefix;
  if (config.Has(Strategy::kSubdomain) && config.base_domains().empty()) {
    return Wrong("base_domains", "must be set, because the strategy 'subdomain' needs it");
  }
  const auto& custom = config.options_.custom;
  if (config.Has(Strategy::kCustom) && custom.empty()) {
    return Wrong("custom", "must be set, because the strategy 'custom' needs it");
  }
  if (!custom.empty()) {
    if (custom.size() <= kMaxExpression) config.custom_ = CustomRegex::Compile(custom);
    if (!config.custom_) {
      return Wrong("custom",
                   "must be a regular expression (ECMAScript without back references) of at most "
                   "256 characters whose first group is the tenant");
    }
  }
  return config;
}

bool ResolverConfig::Has(Strategy strategy) const {
  return std::ranges::find(options_.chain, strategy) != options_.chain.end();
}

std::optional<std::string> ResolverConfig::MatchCustom(std::string_view subject) const {
  if (!custom_ || subject.size() > kMaxCustomSubject) return std::nullopt;
  return custom_->FirstGroup(subject);
}

}  // namespace notify
