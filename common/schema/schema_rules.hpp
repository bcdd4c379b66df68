#pragma once

#include <vector>

#include "common/schema/schema_document.hpp"

namespace notify::schema {

/// Whether the JSON of `document` is a schema by docs/schemas.md, and nothing in it can make
/// checking endless. Fills in its pointers, references and regular expressions. The answer: what is
/// wrong, in the order of the text's members; at most 20.
std::vector<FieldError> CheckRules(SchemaDocument& document);

}  // namespace notify::schema
