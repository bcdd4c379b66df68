// The rows of the lists of objects in the agent's configuration.
#include <algorithm>

#include "common/config/codec.hpp"
#include "common/config/field.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;
using namespace codec;  // NOLINT(google-build-using-namespace): the rows are made of nothing else.
using std::string_view;

// Finds the value of a row, in a const item and in one that is being read.
#define AT(member) \
  [](auto& item) -> auto& { return item.member; }

using EmitMode = decltype(RouteConfig{}.emit.mode);

constexpr Word kModes{std::array{std::pair{string_view("before_answer"), EmitMode::kBeforeAnswer}}};
constexpr Word kAlgorithms{std::array{std::pair{string_view("HS256"), JwtAlgorithm::kHs256},
                                      std::pair{string_view("RS256"), JwtAlgorithm::kRs256},
                                      std::pair{string_view("ES256"), JwtAlgorithm::kEs256}}};

bool IsRoutePath(string_view text) {
  return text.starts_with('/') && text.find("//") == string_view::npos &&
         text.find_first_of("?#{} ") == string_view::npos;
}

bool IsUpstream(string_view text) {
  const auto scheme = text.find("://");
  if (scheme == string_view::npos || text.substr(0, scheme) != "http") return false;
  text.remove_prefix(scheme + 3);
  return !text.empty() && text.find_first_of("/?#@ ") == string_view::npos;
}

bool IsMethod(string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool IsEventType(string_view text) {
  return text.size() <= 255 && text.find('.') != string_view::npos &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '.' || c == '_' || c == '-';
         });
}

template <typename T>
Field<T> Required(Field<T> field) {
  field.required = true;
  return field;
}

}  // namespace

const std::vector<Field<RouteConfig>>& RouteFields() {
  static const std::vector<Field<RouteConfig>> fields = {
      Required(Row<RouteConfig>(
          "path", Text{.what = "a path such as /api/fx/quote", .accepts = IsRoutePath},
          "The path, exactly.", AT(path))),
      Required(Row<RouteConfig>(
          "upstream",
          Text{.what = "an address such as http://127.0.0.1:9000", .accepts = IsUpstream},
          "The service behind; the path is passed on.", AT(upstream))),
      Row<RouteConfig>("on.status", Number{.min = 100, .max = 599},
                       "The status of an answer that gives an event.", AT(on.status)),
      Row<RouteConfig>("on.method", Text{.what = "a method such as POST", .accepts = IsMethod},
                       "The method of a request whose answer gives an event.", AT(on.method)),
      Required(Row<RouteConfig>(
          "emit.type",
          Text{.what = "an event type such as fx.quote.created", .accepts = IsEventType},
          "The type of the event.", AT(emit.type))),
      Row<RouteConfig>("emit.mode", kModes,
                       "The answer is held, at most 100ms, until the event is durable.",
                       AT(emit.mode)),
      Row<RouteConfig>("emit.data", Pointers{},
                       "Members of the event's data, each a JSON Pointer into the answer. Absent: "
                       "the whole answer.",
                       AT(emit.data)),
      Row<RouteConfig>("timeout", Duration{.max = 10min}, "How long the upstream may take.",
                       AT(timeout)),
      Row<RouteConfig>("connect_timeout", Duration{.max = 1min},
                       "How long connecting to it may take.", AT(connect_timeout)),
  };
  return fields;
}

const std::vector<Field<IssuerConfig>>& IssuerFields() {
  static const std::vector<Field<IssuerConfig>> fields = {
      Required(Row<IssuerConfig>("issuer", Text{.what = "the issuer's name, its `iss`"},
                                 "The token's `iss`, compared exactly.", AT(issuer))),
      Required(Row<IssuerConfig>("audience", Text{.what = "an audience"},
                                 "What the token's `aud` must contain.", AT(audience))),
      Required(Row<IssuerConfig>("algorithms", List{kAlgorithms},
                                 "The signatures that are accepted.", AT(algorithms))),
      Row<IssuerConfig>("key", Source{.bare_path = true},
                        "The public key, PEM, for RS256 or ES256; a plain path is a file.",
                        AT(key)),
      Row<IssuerConfig>("secret", Source{}, "The shared secret for HS256.", AT(secret)),
      Row<IssuerConfig>("jwks_file",
                        Text{.what = "a path", .accepts = [](string_view) { return true; }},
                        "A JWKS file with several public keys.", AT(jwks_file)),
      Required(Row<IssuerConfig>(
          "tenants", Tenants{},
          "The tenants that the issuer may speak for; \"*\" in quotes is all.", AT(tenants))),
      Row<IssuerConfig>("tenant_claim", Text{.what = "the name of a claim"},
                        "The claim that names the tenant.", AT(tenant_claim)),
      Row<IssuerConfig>("roles_claim", Text{.what = "the name of a claim"},
                        "The claim that names the roles.", AT(roles_claim)),
  };
  return fields;
}

const std::vector<Field<HubMethodConfig>>& HubMethodFields() {
  static const std::vector<Field<HubMethodConfig>> fields = {
      Required(Row<HubMethodConfig>("name", Method{}, "The method, as in `Broadcast`.", AT(name))),
      Row<HubMethodConfig>("enabled", Bool{}, "Off: nobody may call it.", AT(enabled)),
      Row<HubMethodConfig>("roles", Roles{},
                           "Of the roles that may call it, those that still may. Absent: all.",
                           AT(roles)),
      Row<HubMethodConfig>("per_connection.rate", PaceText{}, "Its calls on one connection.",
                           AT(per_connection.pace)),
      Row<HubMethodConfig>("per_connection.burst", Limit{.max = Pace::kMostCount},
                           "At once; none: the rate's count.", AT(per_connection.burst)),
      Row<HubMethodConfig>("per_user.rate", PaceText{},
                           "Its calls by one user on all connections of the agent.",
                           AT(per_user.pace)),
      Row<HubMethodConfig>("per_user.burst", Limit{.max = Pace::kMostCount},
                           "At once; none: the rate's count.", AT(per_user.burst)),
  };
  return fields;
}

#undef AT

}  // namespace notify
