#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace notify::archive {

/// SHA-256 of bytes that come in pieces.
///
/// Threads:  one at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  void Update(std::string_view bytes);
  /// 64 hexadecimal digits of all bytes so far; begins anew.
  std::string Finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace notify::archive
