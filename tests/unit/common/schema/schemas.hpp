#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/schema/json_schema.hpp"

namespace notify::schema::testing_support {

using SchemaPtr = std::shared_ptr<const JsonSchema>;

inline SchemaPtr Compiled(std::string text) {
  auto compiled = JsonSchema::Compile(std::move(text));
  EXPECT_TRUE(compiled) << compiled.error().detail;
  return compiled ? *compiled : nullptr;
}

inline bool Fits(std::string schema, std::string_view data) {
  return Compiled(std::move(schema))->Check(data).has_value();
}

/// `pointer:line` of each place that an error names.
inline std::vector<std::string> Places(const Error& error) {
  std::vector<std::string> places;
  for (const FieldError& one : error.errors) {
    places.push_back(one.pointer + ":" + std::to_string(one.line));
  }
  return places;
}

inline std::vector<std::string> Violations(std::string schema, std::string_view data) {
  const auto checked = Compiled(std::move(schema))->Check(data);
  return checked ? std::vector<std::string>() : Places(checked.error());
}

inline Error Refusal(std::string schema) {
  auto compiled = JsonSchema::Compile(std::move(schema));
  EXPECT_FALSE(compiled);
  return compiled ? Error() : compiled.error();
}

}  // namespace notify::schema::testing_support
