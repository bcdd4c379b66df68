#include "common/archive/sha256_stream.hpp"

#include <openssl/evp.h>

#include <array>

#include "common/encoding.hpp"

namespace notify::archive {

void Sha256Stream::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha256Stream::Sha256Stream() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Sha256Stream::Update(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256Stream::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  return ToHex({reinterpret_cast<const char*>(digest.data()), size});
}

}  // namespace notify::archive
