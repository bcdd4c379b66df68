#include "common/schema/json_schema.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/schema/schema_document.hpp"
#include "common/schema/validator.hpp"

namespace notify::schema {
namespace {

// Enough for the schema's fixed part; the rest grows with the data, so that what a request costs is
// in proportion to its bytes.
constexpr std::size_t kStepsOfEach = 10'000;
constexpr std::size_t kStepsPerByte = 4;

std::string Where(const FieldError& error) {
  return (error.pointer.empty() ? "The data" : "'" + error.pointer + "'") + " " + error.detail +
         (error.line > 0 ? " (line " + std::to_string(error.line) + " of the schema)." : ".");
}

}  // namespace

JsonSchema::JsonSchema(std::unique_ptr<const SchemaDocument> document,
                       std::unique_ptr<const Validator> validator)
    : document_(std::move(document)), validator_(std::move(validator)) {}

JsonSchema::~JsonSchema() = default;

Result<std::shared_ptr<const JsonSchema>> JsonSchema::Compile(std::string text) {
  auto document = ReadSchema(std::move(text));
  if (!document) return document.error();
  auto validator = Validator::Make(**document);
  if (!validator) return validator.error();
  return std::shared_ptr<const JsonSchema>(
      new JsonSchema(std::move(*document), std::move(*validator)));
}

Status JsonSchema::Check(std::string_view data, std::size_t* steps) const {
  std::vector<FieldError> found;
  const auto value = nlohmann::json::parse(data, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    // The caller sends what is JSON, so it is a number that no double holds.
    found.push_back({.pointer = "", .detail = "has a number that is too large to be checked"});
  } else {
    const std::size_t budget = kStepsOfEach + kStepsPerByte * data.size();
    Validator::Outcome outcome = validator_->Check(value, budget);
    if (steps != nullptr) *steps += outcome.steps;
    found = std::move(outcome.violations);
  }
  if (found.empty()) return {};
  Error error = Fail(Errc::kInvalidEvent, Where(found.front()));
  if (found.size() > 1) {
    error.detail += " There are " + std::to_string(found.size() - 1) + " more mistakes.";
  }
  error.errors = std::move(found);
  return error;
}

const std::string& JsonSchema::text() const { return document_->text; }

}  // namespace notify::schema
