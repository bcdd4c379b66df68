#include "common/schema/schema_document.hpp"

#include <utility>
#include <vector>

#include "common/schema/json_schema.hpp"
#include "common/schema/schema_rules.hpp"
#include "common/schema/text_lines.hpp"
#include "common/utf8.hpp"

namespace notify::schema {
namespace {

int DepthOf(std::string_view text) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

Error NotASchema(std::string detail, int line = 0) {
  return InvalidSchema({{.pointer = "", .detail = std::move(detail), .line = line}});
}

}  // namespace

const SchemaDocument::Json& SchemaDocument::Resolve(const Json& node) const {
  const Json* at = &node;
  // The rules refused circles of references, so this ends.
  for (auto found = targets.find(at); found != targets.end(); found = targets.find(at)) {
    at = found->second;
  }
  return *at;
}

std::string SchemaDocument::PointerOf(const Json& node, std::string_view keyword) const {
  const auto found = pointers.find(&node);
  std::string pointer = found == pointers.end() ? std::string() : found->second;
  if (!keyword.empty()) pointer.append("/").append(keyword);
  return pointer;
}

int SchemaDocument::LineOf(std::string_view pointer) const {
  // What has no line of its own (a keyword that is absent) is told at the schema that lacks it.
  for (;;) {
    const auto found = lines.find(pointer);
    if (found != lines.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return 1;
    pointer = pointer.substr(0, slash);
  }
}

bool SchemaDocument::Matches(const std::string& pattern, const std::string& subject) const {
  const auto found = patterns.find(pattern);
  return found != patterns.end() && RE2::PartialMatch(subject, *found->second);
}

Error InvalidSchema(std::vector<FieldError> errors) {
  const FieldError& first = errors.front();
  std::string detail = first.pointer.empty() ? "The schema" : "'" + first.pointer + "'";
  detail += " " + first.detail;
  if (first.line > 0) detail += " (line " + std::to_string(first.line) + ")";
  Error error = Fail(Errc::kInvalidArgument, detail + ".");
  if (errors.size() > 1) {
    error.detail += " There are " + std::to_string(errors.size() - 1) + " more mistakes.";
  }
  error.errors = std::move(errors);
  return error;
}

Result<std::unique_ptr<SchemaDocument>> ReadSchema(std::string text) {
  if (text.size() > kMaxSchemaBytes) {
    return NotASchema("is larger than " + std::to_string(kMaxSchemaBytes) + " bytes");
  }
  if (!IsUtf8(text)) return NotASchema("is not UTF-8");
  if (DepthOf(text) > kMaxSchemaDepth) {
    return NotASchema("is nested more than " + std::to_string(kMaxSchemaDepth) + " levels deep");
  }
  auto document = std::make_unique<SchemaDocument>();
  document->root = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document->root.is_discarded()) return NotASchema("is not JSON", SyntaxErrorLine(text));
  document->text = std::move(text);
  std::vector<FieldError> errors = ReadLines(document->text, document->lines);
  if (errors.empty()) errors = CheckRules(*document);
  if (!errors.empty()) return InvalidSchema(std::move(errors));
  return document;
}

}  // namespace notify::schema
