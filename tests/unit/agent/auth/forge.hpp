#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace notify::agent::auth {

/// A key pair that signs as another issuer would: what OpenSSL makes, independent of our verifier.
class KeyPair {
 public:
  static KeyPair Rsa(unsigned bits = 2048);
  static KeyPair Ec(const char* curve = "P-256");

  /// `-----BEGIN PUBLIC KEY-----`
  std::string Pem() const;
  /// The private half, as people put it in the wrong place.
  std::string PrivatePem() const;
  /// A member of the public key, unsigned big-endian: `n`, `e`, `qx`, `qy`.
  std::string Number(const char* name) const;
  /// SHA-256 with the key, as in a JWT: for EC r and s, 32 bytes each.
  std::string Sign(std::string_view message) const;

 private:
  explicit KeyPair(evp_pkey_st* key);
  std::shared_ptr<evp_pkey_st> key_;  // Copies of a pair share the key.
};

/// `base64url(header).base64url(claims)`
std::string Unsigned(std::string_view header, std::string_view claims);
/// The three parts with any signature.
std::string Forge(std::string_view header, std::string_view claims, std::string_view signature);

}  // namespace notify::agent::auth
