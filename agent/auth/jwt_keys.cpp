#include "agent/auth/jwt_keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

constexpr std::size_t kMinSecret = 32;
constexpr std::size_t kMaxPem = 64U << 10;
constexpr int kMinRsaBits = 2048;
constexpr int kMaxRsaBits = 8192;
constexpr std::size_t kP256Bytes = 32;

template <auto function>
struct Call {
  template <typename T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};
using Bio = std::unique_ptr<BIO, Call<BIO_free_all>>;
using BigNum = std::unique_ptr<BIGNUM, Call<BN_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Call<EVP_MD_CTX_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Call<EVP_PKEY_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Call<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Call<OSSL_PARAM_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Call<ECDSA_SIG_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error NotAKey(std::string detail) {
  ERR_clear_error();
  return Fail(Errc::kInvalidArgument, std::move(detail));
}

// A public key of this type out of its parts; null where they make none.
EVP_PKEY* MakeKey(const char* type, OSSL_PARAM_BLD* parts) {
  const Params params(OSSL_PARAM_BLD_to_param(parts));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return key;
}

// DER of an ECDSA signature given as r and s; empty where it is none. A signature of zeros verifies
// under every key in a library that forgets to look (CVE-2022-21449).
std::string DerOfRawSignature(std::string_view raw) {
  if (raw.size() != 2 * kP256Bytes) return {};
  BigNum r(BN_bin2bn(Bytes(raw), kP256Bytes, nullptr));
  BigNum s(BN_bin2bn(Bytes(raw.substr(kP256Bytes)), kP256Bytes, nullptr));
  const Signature signature(ECDSA_SIG_new());
  if (!r || !s || !signature || BN_is_zero(r.get()) || BN_is_zero(s.get())) return {};
  if (ECDSA_SIG_set0(signature.get(), r.get(), s.get()) != 1) return {};
  (void)r.release();
  (void)s.release();
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  if (size <= 0) return {};
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

Result<HmacKey> HmacKey::Make(Secret secret) {
  if (secret.Reveal().size() < kMinSecret) {
    return Fail(Errc::kInvalidArgument, "A secret for HS256 has at least 32 bytes.");
  }
  if (secret.Reveal().find("-----BEGIN") != std::string_view::npos) {
    return Fail(Errc::kInvalidArgument,
                "A PEM file is not a secret for HS256: what is in it may be public.");
  }
  return HmacKey(std::move(secret));
}

std::string HmacKey::Sign(std::string_view message) const {
  return HmacSha256(secret_.Reveal(), message);
}

bool HmacKey::Verify(std::string_view message, std::string_view signature) const {
  return ConstantTimeEquals(Sign(message), signature);
}

void PublicKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

PublicKey::PublicKey(Handle handle, JwtAlgorithm algorithm)
    : handle_(std::move(handle)), algorithm_(algorithm) {}

Result<PublicKey> PublicKey::FromHandle(Handle handle) {
  if (EVP_PKEY_is_a(handle.get(), "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(handle.get());
    if (bits < kMinRsaBits || bits > kMaxRsaBits) {
      return NotAKey("An RSA key has 2048 to 8192 bits; this one has " + std::to_string(bits) +
                     ".");
    }
    return PublicKey(std::move(handle), JwtAlgorithm::kRs256);
  }
  std::array<char, 64> group{};
  if (EVP_PKEY_is_a(handle.get(), "EC") == 1 &&
      EVP_PKEY_get_utf8_string_param(handle.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                     group.size(), nullptr) == 1 &&
      std::string_view(group.data()) == "prime256v1") {
    return PublicKey(std::move(handle), JwtAlgorithm::kEs256);
  }
  return NotAKey("Only RSA keys and keys of the curve P-256 are supported.");
}

Result<PublicKey> PublicKey::FromPem(std::string_view pem) {
  if (pem.size() > kMaxPem) return NotAKey("This is too large for a public key.");
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Handle handle(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
  if (!handle) {
    return NotAKey("This is not a public key; it begins with '-----BEGIN PUBLIC KEY-----'.");
  }
  return FromHandle(std::move(handle));
}

Result<PublicKey> PublicKey::FromRsa(std::string_view modulus, std::string_view exponent) {
  if (modulus.size() > kMaxRsaBits / 8 + 1 || exponent.empty() || exponent.size() > 8) {
    return NotAKey("This is not the modulus and exponent of an RSA key.");
  }
  const BigNum n(BN_bin2bn(Bytes(modulus), static_cast<int>(modulus.size()), nullptr));
  const BigNum e(BN_bin2bn(Bytes(exponent), static_cast<int>(exponent.size()), nullptr));
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (!n || !e || !parts || BN_is_odd(n.get()) != 1 || BN_is_odd(e.get()) != 1 ||
      BN_is_one(e.get()) == 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return NotAKey("This is not the modulus and exponent of an RSA key.");
  }
  Handle handle(MakeKey("RSA", parts.get()));
  if (!handle) return NotAKey("This is not the modulus and exponent of an RSA key.");
  return FromHandle(std::move(handle));
}

Result<PublicKey> PublicKey::FromP256(std::string_view x, std::string_view y) {
  const std::string point = std::string(1, '\x04').append(x).append(y);
  const ParamBuilder parts(OSSL_PARAM_BLD_new());
  if (x.size() != kP256Bytes || y.size() != kP256Bytes || !parts ||
      OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return NotAKey("This is not a point of the curve P-256.");
  }
  Handle handle(MakeKey("EC", parts.get()));
  if (!handle) return NotAKey("This is not a point of the curve P-256.");
  return FromHandle(std::move(handle));
}

bool PublicKey::Verify(std::string_view message, std::string_view signature) const {
  std::string der;
  if (algorithm_ == JwtAlgorithm::kEs256) {
    der = DerOfRawSignature(signature);
    if (der.empty()) return false;
    signature = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  const bool valid = context &&
                     EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr,
                                             handle_.get(), nullptr) == 1 &&
                     EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                                      Bytes(message), message.size()) == 1;
  // What a stranger's signature leaves in the error queue must not meet the next caller.
  ERR_clear_error();
  return valid;
}

JwtAlgorithm VerificationKey::algorithm() const {
  const auto* public_key = std::get_if<PublicKey>(&key);
  return public_key == nullptr ? JwtAlgorithm::kHs256 : public_key->algorithm();
}

bool VerificationKey::Verify(std::string_view message, std::string_view signature) const {
  return std::visit([&](const auto& k) { return k.Verify(message, signature); }, key);
}

}  // namespace notify::agent::auth
