#include "agent/store/aead.hpp"

#include <openssl/evp.h>

#include <cassert>
#include <cstdlib>
#include <utility>

namespace notify::agent::store {
namespace {

constexpr std::size_t kMaxPlain = std::size_t{1} << 30;

const unsigned char* Unsigned(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// A failure of these calls is lack of memory or a wrong call, never the data: nothing sensible can
// be stored then.
void Must(int ok) {
  if (ok != 1) std::abort();
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

Aead::Aead(const Secret& key) : seal_(EVP_CIPHER_CTX_new()), open_(EVP_CIPHER_CTX_new()) {
  assert(key.Reveal().size() == kKeyBytes);
  // The key is expanded once; each operation sets the nonce only.
  const unsigned char* const bytes = Unsigned(key.Reveal());
  Must(EVP_EncryptInit_ex(seal_.get(), EVP_aes_256_gcm(), nullptr, bytes, nullptr));
  Must(EVP_DecryptInit_ex(open_.get(), EVP_aes_256_gcm(), nullptr, bytes, nullptr));
}

Aead::~Aead() = default;
Aead::Aead(Aead&&) noexcept = default;
Aead& Aead::operator=(Aead&&) noexcept = default;

void Aead::Seal(Random& random, std::string_view aad, std::string_view plain, std::string& out) {
  assert(plain.size() < kMaxPlain);
  const std::size_t begin = out.size();
  out.resize(begin + plain.size() + kOverhead);
  auto* const nonce = reinterpret_cast<unsigned char*>(out.data() + begin);
  unsigned char* const cipher = nonce + kNonceBytes;
  random.Fill(std::as_writable_bytes(std::span(nonce, kNonceBytes)));
  int length = 0;
  Must(EVP_EncryptInit_ex(seal_.get(), nullptr, nullptr, nullptr, nonce));
  if (!aad.empty()) {
    Must(EVP_EncryptUpdate(seal_.get(), nullptr, &length, Unsigned(aad),
                           static_cast<int>(aad.size())));
  }
  if (!plain.empty()) {
    Must(EVP_EncryptUpdate(seal_.get(), cipher, &length, Unsigned(plain),
                           static_cast<int>(plain.size())));
  }
  Must(EVP_EncryptFinal_ex(seal_.get(), cipher + plain.size(), &length));
  Must(EVP_CIPHER_CTX_ctrl(seal_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, cipher + plain.size()));
}

Status Aead::Open(std::string_view aad, std::string_view sealed, std::string& plain) {
  plain.clear();
  const auto refused = [&plain]() -> Error {
    plain.clear();
    return Fail(Errc::kInvalidArgument,
                "What is encrypted here was changed, moved, or sealed with another key.");
  };
  if (sealed.size() < kOverhead || sealed.size() - kOverhead >= kMaxPlain) return refused();
  const auto cipher = sealed.substr(kNonceBytes, sealed.size() - kOverhead);
  std::array<char, kTagBytes> tag{};
  sealed.copy(tag.data(), kTagBytes, sealed.size() - kTagBytes);
  plain.resize(cipher.size());
  auto* const out = reinterpret_cast<unsigned char*>(plain.data());
  int length = 0;
  Must(EVP_DecryptInit_ex(open_.get(), nullptr, nullptr, nullptr, Unsigned(sealed)));
  if (!aad.empty()) {
    Must(EVP_DecryptUpdate(open_.get(), nullptr, &length, Unsigned(aad),
                           static_cast<int>(aad.size())));
  }
  if (!cipher.empty()) {
    Must(EVP_DecryptUpdate(open_.get(), out, &length, Unsigned(cipher),
                           static_cast<int>(cipher.size())));
  }
  Must(EVP_CIPHER_CTX_ctrl(open_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()));
  if (EVP_DecryptFinal_ex(open_.get(), out + cipher.size(), &length) != 1) return refused();
  return {};
}

}  // namespace notify::agent::store
