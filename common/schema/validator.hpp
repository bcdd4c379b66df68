#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "common/result.hpp"
#include "common/schema/schema_document.hpp"

namespace notify::schema {

/// Of this folder's own: a schema in valijson's form, and the walk that says where data breaks it.
///
/// Lifetime: `document` outlives it.
/// Threads:  any; checking changes nothing.
class Validator {
 public:
  /// kInvalidArgument where valijson refuses what the rules let pass.
  static Result<std::unique_ptr<const Validator>> Make(const SchemaDocument& document);
  ~Validator();
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  struct Outcome {
    std::vector<FieldError> violations;  ///< None: the data fits.
    std::size_t steps = 0;               ///< What it cost, at most `budget`.
  };
  Outcome Check(const nlohmann::json& data, std::size_t budget) const;

 private:
  struct Compiled;
  explicit Validator(std::unique_ptr<const Compiled> compiled);

  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace notify::schema
