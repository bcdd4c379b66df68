#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "common/result.hpp"
#include "common/template_engine/value.hpp"

namespace notify::template_engine {

/// Data that templates render: parsed once, rendered as often as one likes.
///
/// Objects keep the order of the text, with whole-number keys first, as in JavaScript; the last
/// of two equal keys wins. Numbers are doubles: send an id of more than 15 digits as a string.
///
/// Lifetime: the views that `value()` gives live as long as the Data.
/// Threads:  immutable after it is made, any thread.
class Data {
 public:
  /// kInvalidJson  not JSON, or nested deeper than 256.
  static Result<Data> Parse(std::string_view json);
  /// From one YAML document, which may be JSON: plain scalars are typed as in YAML 1.2's core
  /// schema.
  ///
  /// kInvalidArgument  not YAML, over 1 MiB, deeper than 64, several documents, a key twice, an
  ///                   anchor or alias; the detail names the line.
  static Result<Data> ParseYaml(std::string_view yaml);
  /// From a document in memory. `nlohmann::json` sorts its keys: the order of the text is gone.
  static Data From(const nlohmann::json& json);
  static Data From(const nlohmann::ordered_json& json);

  Data(Data&&) noexcept;
  Data& operator=(Data&&) noexcept;
  ~Data();

  const Value& value() const { return value_; }

 private:
  struct Memory;
  Data();
  template <typename Json>
  static Data FromDocument(const Json& json);

  std::unique_ptr<Memory> memory_;
  Value value_;
};

}  // namespace notify::template_engine
