#include <set>

#include "common/config/field.hpp"
#include "common/tenancy/resolver_config.hpp"

namespace notify {
namespace {

// sun_path holds 108 bytes with the final zero.
constexpr std::size_t kMaxSocketPath = 107;

class Checks {
 public:
  Checks(const LoadedConfig& loaded, std::vector<FieldError>& problems)
      : loaded_(loaded), config_(loaded.config), problems_(problems) {}

  void Run() {
    CheckListener();
    CheckSizes();
    CheckWatermarks();
    CheckConnectionLimits();
    CheckTenancy();
    CheckRoutes();
    CheckHubMethods();
    for (std::size_t i = 0; i < config_.issuers.size(); ++i) CheckIssuer(i);
  }

 private:
  void Complain(std::string_view path, const std::string& demand) {
    ConfigReader reader(loaded_.OriginOf(path), problems_);
    reader.Complain(path, loaded_.OriginOf(path).line, demand);
  }

  void ComplainInList(std::string_view list, std::size_t index, std::string_view member, int line,
                      const std::string& demand) {
    ConfigReader reader(loaded_.OriginOf(list), problems_);
    reader.Complain(std::string(list) + "[" + std::to_string(index) + "]." + std::string(member),
                    line, demand);
  }

  void CheckListener() {
    if (config_.dev && !config_.listen.IsLoopback()) {
      Complain("listen", "must be loopback with --dev, as in 127.0.0.1:7800");
    } else if (!config_.insecure && !config_.listen.IsLoopback()) {
      Complain(
          "listen",
          "is not loopback and there is no TLS; start with --insecure if something in front of "
          "the agent encrypts");
    }
    if (config_.socket.size() > kMaxSocketPath) {
      Complain("socket", "is longer than the 107 bytes of a Unix socket's path ('" +
                             config_.socket + "'); choose a shorter one with --socket");
    }
  }

  void CheckWatermarks() {
    if (config_.storage.low_watermark >= config_.storage.high_watermark) {
      Complain("storage.low_watermark", "must be below storage.high_watermark");
    }
    if (config_.storage.high_watermark + config_.storage.reserve > 100) {
      Complain("storage.high_watermark", "must leave room for storage.reserve");
    }
  }

  void CheckConnectionLimits() {
    const auto check = [this](std::string_view path, const std::optional<std::uint32_t>& soft,
                              const std::optional<std::uint32_t>& hard, const std::string& other) {
      if (soft && hard && *soft > *hard) Complain(path, "must not be above " + other);
    };
    check("limits.connections_soft", config_.limits.connections_soft, config_.limits.connections,
          "limits.connections");
    const auto& limits = config_.hub.limits;
    check("hub.limits.per_user.soft", limits.per_user.soft, limits.per_user.hard,
          "hub.limits.per_user.hard");
    check("hub.limits.per_address.soft", limits.per_address.soft, limits.per_address.hard,
          "hub.limits.per_address.hard");
  }

  void CheckSizes() {
    if (config_.http.max_event_bytes > config_.http.max_body_bytes) {
      Complain("http.max_event_bytes", "must not be larger than http.max_body_bytes");
    }
    if (config_.hub.client_timeout <= config_.hub.keep_alive) {
      Complain("hub.client_timeout", "must be longer than hub.keep_alive");
    }
    if (config_.hub.queue_bytes < config_.http.max_event_bytes) {
      Complain("hub.queue_bytes", "must not be smaller than http.max_event_bytes");
    }
  }

  void CheckTenancy() {
    const auto& from = config_.multi_tenancy;
    const auto resolver = ResolverConfig::Make({.chain = from.strategy,
                                                .header = from.header,
                                                .path_pattern = from.path_pattern,
                                                .base_domains = from.base_domains,
                                                .custom = from.custom});
    if (resolver) return;
    for (const auto& problem : resolver.error().errors) {
      Complain("multi_tenancy." + problem.pointer, problem.detail);
    }
  }

  void CheckRoutes() {
    std::set<std::pair<std::string, std::string>> seen;
    const auto& routes = config_.gateway.routes;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      if (!seen.emplace(routes[i].path, routes[i].on.method).second) {
        ComplainInList("gateway.routes", i, "path", routes[i].line,
                       "and its method are those of a route before");
      }
    }
  }

  void CheckHubMethods() {
    std::set<HubMethod> seen;
    const auto& methods = config_.hub.methods;
    for (std::size_t i = 0; i < methods.size(); ++i) {
      if (!seen.insert(methods[i].name).second) {
        ComplainInList("hub.methods", i, "name", methods[i].line, "is that of a method before");
      }
      for (const auto& [limit, member] :
           {std::pair(&methods[i].per_connection, "per_connection.burst"),
            std::pair(&methods[i].per_user, "per_user.burst")}) {
        if (limit->burst && !limit->pace) {
          ComplainInList("hub.methods", i, member, methods[i].line, "needs a rate beside it");
        }
      }
    }
  }

  void CheckIssuer(std::size_t i) {
    const auto& issuer = config_.issuers[i];
    bool hmac = false;
    bool public_key = false;
    for (const auto algorithm : issuer.algorithms) {
      (algorithm == JwtAlgorithm::kHs256 ? hmac : public_key) = true;
    }
    const auto complain = [&](std::string_view member, const std::string& demand) {
      ComplainInList("issuers", i, member, issuer.line, demand);
    };
    const bool has_public = !issuer.key.empty() || !issuer.jwks_file.empty();
    if (!hmac && !public_key)
      complain("algorithms", "must name at least one of HS256, RS256, ES256");
    if (hmac && public_key) {
      complain("algorithms", "must not mix HS256 with RS256 or ES256; write two issuers");
    }
    if (hmac && issuer.secret.empty()) complain("secret", "is required for HS256");
    if (public_key && !has_public) complain("key", "or jwks_file is required for RS256 and ES256");
    if (!hmac && !issuer.secret.empty()) complain("secret", "is for HS256 only");
    if (!public_key && has_public) complain("key", "and jwks_file are for RS256 and ES256 only");
    if (!issuer.tenants.all && issuer.tenants.tenants.empty()) {
      complain("tenants", "must name at least one tenant, or \"*\"");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (config_.issuers[j].issuer == issuer.issuer &&
          config_.issuers[j].audience == issuer.audience) {
        complain("issuer", "and its audience are those of an issuer before");
      }
    }
  }

  const LoadedConfig& loaded_;
  const AgentConfig& config_;
  std::vector<FieldError>& problems_;
};

}  // namespace

void CheckTogether(const LoadedConfig& loaded, std::vector<FieldError>& problems) {
  Checks(loaded, problems).Run();
}

}  // namespace notify
