// A token that a stranger sends: never accepted unless the key signed it, whatever its bytes are.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/auth/api_key.hpp"
#include "agent/auth/jwks.hpp"
#include "agent/auth/jwt.hpp"

namespace {

using namespace notify::agent::auth;

constexpr std::string_view kSecret = "a secret that no input of the fuzzer knows, 256 bits";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const IssuerRules rules = [] {
    IssuerRules made;
    made.issuer = "notifyd";
    made.audience = "notifyd";
    made.algorithms = {notify::JwtAlgorithm::kHs256};
    made.keys = {VerificationKey{"", HmacKey::Make(notify::Secret(std::string(kSecret))).value()}};
    return made;
  }();
  if (const auto parsed = ParseJwt(bytes)) {
    if (VerifyJwt(*parsed, rules, {})) std::abort();
  }
  // The same bytes as claims, well signed: read or refused.
  const auto signed_token = SignHs256(bytes, std::get<HmacKey>(rules.keys[0].key), "kid");
  if (const auto parsed = ParseJwt(signed_token)) (void)VerifyJwt(*parsed, rules, {}).has_value();
  (void)ParseApiKey(bytes);
  (void)ParseJwks(bytes).has_value();
  return 0;
}
