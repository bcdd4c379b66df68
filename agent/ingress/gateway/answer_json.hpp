#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace notify::agent::ingress {

/// A JSON document of somebody else, looked at by JSON Pointer; what is found is its very bytes, so
/// that numbers of any size and precision pass unchanged.
///
/// Threads:  one at a time.
class AnswerJson {
 public:
  /// `cut`: `text` is only the beginning of the document, and what does not stand whole in it is
  /// not there. kInvalidJson, kJsonTooDeep.
  static Result<AnswerJson> Parse(std::string_view text, bool cut);

  AnswerJson(AnswerJson&& other) noexcept;
  ~AnswerJson();

  /// The value at `pointer` as JSON text; nothing where there is none or it was cut off. A member's
  /// name is compared as it is written in the document. Lifetime: as the document.
  std::optional<std::string_view> Raw(std::string_view pointer);
  /// A string's text or a number's digits, neither empty; nothing for everything else.
  std::optional<std::string> Text(std::string_view pointer);
  /// Whether the document is an object.
  bool is_object() const;

 private:
  struct Impl;
  explicit AnswerJson(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace notify::agent::ingress
