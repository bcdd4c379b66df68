#include "tests/unit/agent/auth/forge.hpp"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "common/encoding.hpp"

namespace notify::agent::auth {
namespace {

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string RawOfDer(std::string_view der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  std::string raw(64, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(signature), Bytes(raw), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature), Bytes(raw) + 32, 32);
  ECDSA_SIG_free(signature);
  return raw;
}

}  // namespace

KeyPair::KeyPair(evp_pkey_st* key) : key_(key, EVP_PKEY_free) {}
KeyPair KeyPair::Rsa(unsigned bits) { return KeyPair(EVP_RSA_gen(bits)); }
KeyPair KeyPair::Ec(const char* curve) { return KeyPair(EVP_EC_gen(curve)); }

std::string KeyPair::Pem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key_.get());
  return Text(bio);
}

std::string KeyPair::PrivatePem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return Text(bio);
}

std::string KeyPair::Number(const char* name) const {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key_.get(), name, &number);
  const bool coordinate = name[0] == 'q';
  std::string bytes(coordinate ? 32U : static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2binpad(number, Bytes(bytes), static_cast<int>(bytes.size()));
  BN_free(number);
  return bytes;
}

std::string KeyPair::Sign(std::string_view message) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestSignInit_ex(context, nullptr, "SHA256", nullptr, nullptr, key_.get(), nullptr);
  std::size_t size = 1024;
  std::string signature(size, '\0');
  EVP_DigestSign(context, Bytes(signature), &size,
                 reinterpret_cast<const unsigned char*>(message.data()), message.size());
  EVP_MD_CTX_free(context);
  signature.resize(size);
  return EVP_PKEY_is_a(key_.get(), "EC") == 1 && size < 80 ? RawOfDer(signature) : signature;
}

std::string Unsigned(std::string_view header, std::string_view claims) {
  return ToBase64Url(header) + "." + ToBase64Url(claims);
}

std::string Forge(std::string_view header, std::string_view claims, std::string_view signature) {
  return Unsigned(header, claims) + "." + ToBase64Url(signature);
}

}  // namespace notify::agent::auth
