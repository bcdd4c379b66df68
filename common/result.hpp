#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "common/errc.hpp"

namespace notify {

/// What is wrong at one place of an input.
struct FieldError {
  std::string pointer;  ///< JSON Pointer (RFC 6901), or the key's path in a YAML file.
  std::string detail;   ///< One sentence.
  int line = 0;         ///< 1-based; 0 where lines mean nothing.
};

/// A failure that somebody can act on: what failed, why, and what to do.
struct [[nodiscard]] Error {
  Errc code = Errc::kInternal;
  std::string detail;  ///< What failed and why, one or two sentences, no secret in it.
  std::string hint;    ///< The command or the change that helps; may be empty.
  std::optional<std::chrono::nanoseconds> retry_after;  ///< When trying again can succeed.
  std::vector<FieldError> errors;
};

/// A value or an Error. Ignoring one does not compile.
template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}  // NOLINT
};

/// Success without a value.
using Status = Result<void>;

/// Short form at the place of a failure: `return Fail(Errc::kNotFound, "…", "notifyctl …");`
inline Error Fail(Errc code, std::string detail, std::string hint = {}) {
  Error error;
  error.code = code;
  error.detail = std::move(detail);
  error.hint = std::move(hint);
  return error;
}

}  // namespace notify
