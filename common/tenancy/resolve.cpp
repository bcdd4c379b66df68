#include "common/tenancy/resolve.hpp"

#include <algorithm>
#include <array>

namespace notify {
namespace {

using Outcome = ResolutionStep::Outcome;

constexpr std::string_view kAdminPathPrefix = "/t/";
// The agent's own first segments; `/{tenant}/` as the pattern must not take them for tenants.
constexpr std::array<std::string_view, 4> kOwnSegments = {"api", "hubs", "dev", "t"};

bool IsLabelChar(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The grammar of TenantId::Parse, without making an error text.
bool IsTenantName(std::string_view name) {
  return !name.empty() && name.size() <= 40 && IsLabelChar(name.front()) &&
         IsLabelChar(name.back()) &&
         std::ranges::all_of(name, [](char c) { return IsLabelChar(c) || c == '-'; });
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// One or two dots, each plain or as %2e.
bool IsDotSegment(std::string_view segment) {
  std::size_t dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (segment.size() >= 3 && segment[0] == '%' && segment[1] == '2' &&
               Lower(segment[2]) == 'e') {
      segment.remove_prefix(3);
    } else {
      return false;
    }
    ++dots;
  }
  return dots == 2;
}

bool HasEncodedSeparator(std::string_view path) {
  for (auto at = path.find('%'); at != std::string_view::npos; at = path.find('%', at + 1)) {
    if (at + 2 >= path.size()) return false;
    const char high = path[at + 1];
    const char low = Lower(path[at + 2]);
    if ((high == '2' && low == 'f') || (high == '5' && low == 'c')) return true;
  }
  return false;
}

Status CheckPath(std::string_view path) {
  const auto refuse = [](std::string_view what) {
    return Fail(Errc::kInvalidArgument,
                "The path has " + std::string(what) + "; paths are never normalised.");
  };
  if (path.find("//") != std::string_view::npos) return refuse("'//'");
  if (path.find('\\') != std::string_view::npos) return refuse("'\\'");
  if (HasEncodedSeparator(path)) return refuse("an encoded '/' or '\\'");
  if (path.find("..") == std::string_view::npos && path.find('%') == std::string_view::npos)
    return {};
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (IsDotSegment(path.substr(begin, end - begin))) return refuse("a segment '..'");
    begin = end + 1;
  }
  return {};
}

// The request's host in lower case, without port and final dot, on the stack.
class HostName {
 public:
  explicit HostName(std::string_view host) {
    if (const auto bracket = host.find(']'); bracket != std::string_view::npos) {
      host = host.substr(0, bracket + 1);
    } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
      host = host.substr(0, colon);
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    if (host.size() > text_.size()) return;
    size_ = host.size();
    std::ranges::transform(host, text_.begin(), Lower);
  }
  std::string_view text() const { return {text_.data(), size_}; }

 private:
  std::array<char, 255> text_;
  std::size_t size_ = 0;
};

/// One resolution, step by step.
class Resolving {
 public:
  Resolving(const ResolverConfig& config, const RequestParts& request,
            std::vector<ResolutionStep>* explain)
      : config_(config), request_(request), explain_(explain) {
    resolution_.path = request.path;
  }

  Result<Resolution> Run() {
    if (auto path = CheckPath(request_.path); !path) return path.error();
    TakeCredential();
    if (request_.platform_admin) {
      if (!config_.Has(Strategy::kHeader)) FromHeader();
      if (!config_.Has(Strategy::kPath)) FromPath(kAdminPathPrefix);
    }
    for (const auto strategy : config_.chain()) {
      Try(strategy);
      if (error_) return std::move(*error_);
    }
    // A pattern of the operator's own does not take the usual one from a platform-admin.
    if (request_.platform_admin && !path_named_ && config_.Has(Strategy::kPath) &&
        config_.path_prefix() != kAdminPathPrefix) {
      FromPath(kAdminPathPrefix);
    }
    if (error_) return std::move(*error_);
    if (!name_.empty()) resolution_.tenant = TenantId::Parse(name_).value();
    return std::move(resolution_);
  }

 private:
  bool CredentialHasTenant() const {
    return request_.credential_tenant != nullptr || request_.claim_tenant != nullptr;
  }

  void Explain(Strategy strategy, Outcome outcome, auto... parts) {
    if (explain_ == nullptr || error_) return;
    std::string text;
    (text.append(parts), ...);
    explain_->push_back({strategy, outcome, std::move(text)});
  }

  std::string_view Host() {
    if (!host_) host_.emplace(request_.host);
    return host_->text();
  }

  void TakeCredential() {
    const auto* key = request_.credential_tenant;
    const auto* tenant = key != nullptr ? key : request_.claim_tenant;
    if (tenant == nullptr) return;
    name_ = tenant->text();
    resolution_.strategy = key != nullptr ? Strategy::kKey : Strategy::kClaim;
    Explain(*resolution_.strategy, Outcome::kNamed,
            key != nullptr ? "The API key is of tenant '" : "The token's claim names tenant '",
            name_, "'.");
  }

  void Try(Strategy strategy) {
    switch (strategy) {
      case Strategy::kKey:
        if (request_.credential_tenant == nullptr) {
          Explain(strategy, Outcome::kAbsent, "No API key of a tenant.");
        }
        return;
      case Strategy::kClaim:
        if (request_.claim_tenant == nullptr) {
          Explain(strategy, Outcome::kAbsent, "No token with a tenant claim.");
        }
        return;
      case Strategy::kHeader:
        return FromHeader();
      case Strategy::kPath:
        return FromPath(config_.path_prefix());
      case Strategy::kHost:
        return FromHost();
      case Strategy::kSubdomain:
        return FromSubdomain();
      case Strategy::kCustom:
        return FromCustom();
    }
  }

  void FromHeader() {
    const bool in_chain = config_.Has(Strategy::kHeader);
    if (in_chain && !request_.header_values.empty()) {
      return OneHeader(config_.header(), request_.header_values);
    }
    if (request_.platform_admin && !request_.x_tenant_values.empty()) {
      return OneHeader("X-Tenant", request_.x_tenant_values);
    }
    Explain(Strategy::kHeader, Outcome::kAbsent, "No header '",
            in_chain ? std::string_view(config_.header()) : std::string_view("X-Tenant"), "'.");
  }

  void OneHeader(std::string_view header, std::span<const std::string_view> values) {
    if (values.size() > 1) {
      return Refuse(Strategy::kHeader, "The header '" + std::string(header) + "' is there twice.");
    }
    Name(Strategy::kHeader, values.front());
  }

  void FromPath(std::string_view prefix) {
    const auto path = request_.path;
    if (path.starts_with(prefix)) {
      const auto slash = path.find('/', prefix.size());
      const bool whole = slash == std::string_view::npos;
      // `/t/blue` is the tenant's root; with the pattern `/{tenant}/` the slash is needed, since
      // `/healthz` and `/metrics` are the agent's own.
      if (!whole || prefix.size() > 1) {
        const auto name = path.substr(prefix.size(), whole ? path.npos : slash - prefix.size());
        const bool own =
            prefix.size() == 1 && std::ranges::find(kOwnSegments, name) != kOwnSegments.end();
        if (!own) {
          path_named_ = true;
          resolution_.path = whole ? std::string_view("/") : path.substr(slash);
          return Name(Strategy::kPath, name);
        }
      }
    }
    Explain(Strategy::kPath, Outcome::kAbsent, "The path does not begin with '", prefix,
            "{tenant}/'.");
  }

  void FromHost() {
    const auto host = Host();
    const auto* tenant = request_.hosts == nullptr ? nullptr : request_.hosts->Find(host);
    if (tenant != nullptr) return Name(Strategy::kHost, tenant->text());
    Explain(Strategy::kHost, Outcome::kAbsent, "No tenant registered the host '", host, "'.");
  }

  void FromSubdomain() {
    const auto host = Host();
    for (const std::string_view base : config_.base_domains()) {
      auto label = host;
      if (label.size() <= base.size() + 1 || !label.ends_with(base)) continue;
      label.remove_suffix(base.size());
      if (!label.ends_with('.')) continue;
      label.remove_suffix(1);
      // `www.smartpay.com` is a site, not a tenant.
      if (IsReservedTenantName(label) && label != "default") continue;
      return Name(Strategy::kSubdomain, label);
    }
    Explain(Strategy::kSubdomain, Outcome::kAbsent, "The host '", host,
            "' is not below a base domain.");
  }

  void FromCustom() {
    const auto host = Host();
    custom_ = config_.MatchCustom(std::string(host).append(request_.path));
    if (custom_) return Name(Strategy::kCustom, *custom_);
    Explain(Strategy::kCustom, Outcome::kAbsent, "The expression does not match.");
  }

  void Name(Strategy strategy, std::string_view name) {
    if (error_) return;
    if (!IsTenantName(name)) {
      return Refuse(strategy, "The " + std::string(ToString(strategy)) +
                                  " names something that is not a tenant id.");
    }
    if (name_.empty()) {
      name_ = name;
      resolution_.strategy = strategy;
      Explain(strategy, Outcome::kNamed, "Names tenant '", name, "'.");
    } else if (name_ == name) {
      Explain(strategy, Outcome::kAgrees, "Names the same tenant.");
    } else if (CredentialHasTenant()) {
      Refuse(strategy, "The credential is of another tenant than the " +
                           std::string(ToString(strategy)) + " names.");
    } else {
      Explain(strategy, Outcome::kOverridden, "Names tenant '", name, "', but '", name_,
              "' was named before.");
    }
  }

  void Refuse(Strategy strategy, std::string detail) {
    if (error_) return;
    Explain(strategy, Outcome::kRefused, std::string_view(detail));
    const bool mismatch = CredentialHasTenant();
    error_ =
        Fail(mismatch ? Errc::kTenantMismatch : Errc::kTenantInvalid, std::move(detail),
             mismatch ? "Leave the tenant's name out, or use a key of the tenant that you mean: "
                        "notifyctl key create --tenant TENANT --role ROLE"
                      : "");
  }

  const ResolverConfig& config_;
  const RequestParts& request_;
  std::vector<ResolutionStep>* const explain_;
  Resolution resolution_;
  std::optional<HostName> host_;
  std::optional<std::string> custom_;
  std::string_view name_;  // Of the credential, the request, or one of the two above.
  bool path_named_ = false;
  std::optional<Error> error_;
};

}  // namespace

Result<Resolution> ResolveTenant(const ResolverConfig& config, const RequestParts& request,
                                 std::vector<ResolutionStep>* explain) {
  return Resolving(config, request, explain).Run();
}

Result<TenantId> RequireTenant(const Resolution& resolution) {
  if (resolution.tenant) return *resolution.tenant;
  return Fail(Errc::kTenantRequired, "Neither the credential nor the request names a tenant.",
              "Name it with the header 'X-Tenant: TENANT', or with 'notifyctl --tenant TENANT'.");
}

}  // namespace notify
