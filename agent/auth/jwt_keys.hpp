#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "common/config/jwt_algorithm.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

struct evp_pkey_st;

namespace notify::agent::auth {

/// A key for HS256, and for nothing else: a public key is another type, so that one can never be
/// used as the secret of a forged token. Threads: any.
class HmacKey {
 public:
  /// kInvalidArgument: fewer than 32 bytes, or the text of a PEM file, which is public.
  static Result<HmacKey> Make(Secret secret);

  /// The HMAC-SHA-256 of `message`, 32 bytes.
  std::string Sign(std::string_view message) const;
  /// Compares in constant time.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  explicit HmacKey(Secret secret) : secret_(std::move(secret)) {}
  Secret secret_;
};

/// A public key that says itself which algorithm it is for: RSA is RS256, P-256 is ES256.
/// Threads: any.
class PublicKey {
 public:
  /// From `-----BEGIN PUBLIC KEY-----`. kInvalidArgument: not such a text, RSA of fewer than 2048
  /// or more than 8192 bits, a curve that is not P-256, another kind of key.
  static Result<PublicKey> FromPem(std::string_view pem);
  /// From the members `n` and `e` of a JWK, as bytes. kInvalidArgument as above.
  static Result<PublicKey> FromRsa(std::string_view modulus, std::string_view exponent);
  /// From the members `x` and `y` of a JWK, 32 bytes each. kInvalidArgument: not a point of P-256.
  static Result<PublicKey> FromP256(std::string_view x, std::string_view y);

  JwtAlgorithm algorithm() const { return algorithm_; }

  /// `signature` as in a JWT: for ES256 r and s, 32 bytes each, neither of them zero.
  bool Verify(std::string_view message, std::string_view signature) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  using Handle = std::unique_ptr<evp_pkey_st, Free>;
  static Result<PublicKey> FromHandle(Handle handle);
  PublicKey(Handle handle, JwtAlgorithm algorithm);

  // Copies of the rules of an issuer share the key, which never changes.
  std::shared_ptr<evp_pkey_st> handle_;
  JwtAlgorithm algorithm_;
};

/// A key with its name in the token's header; without a name it is tried for every token.
struct VerificationKey {
  std::string kid;
  std::variant<HmacKey, PublicKey> key;

  JwtAlgorithm algorithm() const;
  bool Verify(std::string_view message, std::string_view signature) const;
};

}  // namespace notify::agent::auth
