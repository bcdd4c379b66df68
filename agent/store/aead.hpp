#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/random.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

struct evp_cipher_ctx_st;

namespace notify::agent::store {

/// AES-256-GCM (NIST SP 800-38D) under one key. What is sealed is the nonce (96 random bits, never
/// derived), the cipher text and the tag (128 bits), in this order.
///
/// Lifetime: keeps the expanded key; wiped when it goes.
/// Threads:  one at a time; a thread that seals has its own.
class Aead {
 public:
  static constexpr std::size_t kKeyBytes = 32;
  static constexpr std::size_t kNonceBytes = 12;
  static constexpr std::size_t kTagBytes = 16;
  /// How much longer the sealed form is.
  static constexpr std::size_t kOverhead = kNonceBytes + kTagBytes;

  /// `key` has kKeyBytes bytes.
  explicit Aead(const Secret& key);
  ~Aead();
  Aead(Aead&&) noexcept;
  Aead& operator=(Aead&&) noexcept;

  /// Appends the sealed form of `plain` to `out`. `aad` is not in it, but whoever opens must know
  /// it. `plain` does not lie in `out` and has less than 1 GiB.
  void Seal(Random& random, std::string_view aad, std::string_view plain, std::string& out);

  /// Replaces `plain` by what was sealed. `sealed` does not lie in `plain`.
  ///
  /// kInvalidArgument  another key, other `aad`, or changed bytes; `plain` is empty then.
  Status Open(std::string_view aad, std::string_view sealed, std::string& plain);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;

  Context seal_;
  Context open_;
};

}  // namespace notify::agent::store
