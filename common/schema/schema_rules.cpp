#include "common/schema/schema_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "common/model/json_pointer.hpp"
#include "common/schema/json_schema.hpp"
#include "common/schema/reference_circles.hpp"

namespace notify::schema {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostErrors = 20;
constexpr std::int64_t kPatternMemory = 256 * 1024;

/// What the value of a keyword has to be.
enum class Shape {
  kAnything,
  kText,
  kBoolean,
  kNumber,
  kAboveZero,
  kCount,
  kPattern,
  kSchema,
  kSchemas,
  kSchemaMap,
  kPatternMap,
  kItems,
  kTypes,
  kValues,
  kNames,
  kDependencies,
  kReference,
  kRootText,
};

struct Keyword {
  std::string_view name;
  Shape shape;
};

// What drafts 6 to 2020-12 read in the same way. A keyword that is not here is refused, because one
// that is silently ignored lets everything pass.
constexpr std::array kKeywords = {
    Keyword{"$comment", Shape::kText},
    Keyword{"$defs", Shape::kSchemaMap},
    Keyword{"$id", Shape::kRootText},
    Keyword{"$ref", Shape::kReference},
    Keyword{"$schema", Shape::kRootText},
    Keyword{"additionalItems", Shape::kSchema},
    Keyword{"additionalProperties", Shape::kSchema},
    Keyword{"allOf", Shape::kSchemas},
    Keyword{"anyOf", Shape::kSchemas},
    Keyword{"const", Shape::kAnything},
    Keyword{"contains", Shape::kSchema},
    Keyword{"contentEncoding", Shape::kText},
    Keyword{"contentMediaType", Shape::kText},
    Keyword{"default", Shape::kAnything},
    Keyword{"definitions", Shape::kSchemaMap},
    Keyword{"dependencies", Shape::kDependencies},
    Keyword{"deprecated", Shape::kBoolean},
    Keyword{"description", Shape::kText},
    Keyword{"else", Shape::kSchema},
    Keyword{"enum", Shape::kValues},
    Keyword{"examples", Shape::kAnything},
    Keyword{"exclusiveMaximum", Shape::kNumber},
    Keyword{"exclusiveMinimum", Shape::kNumber},
    Keyword{"format", Shape::kText},
    Keyword{"if", Shape::kSchema},
    Keyword{"items", Shape::kItems},
    Keyword{"maxItems", Shape::kCount},
    Keyword{"maxLength", Shape::kCount},
    Keyword{"maxProperties", Shape::kCount},
    Keyword{"maximum", Shape::kNumber},
    Keyword{"minItems", Shape::kCount},
    Keyword{"minLength", Shape::kCount},
    Keyword{"minProperties", Shape::kCount},
    Keyword{"minimum", Shape::kNumber},
    Keyword{"multipleOf", Shape::kAboveZero},
    Keyword{"not", Shape::kSchema},
    Keyword{"oneOf", Shape::kSchemas},
    Keyword{"pattern", Shape::kPattern},
    Keyword{"patternProperties", Shape::kPatternMap},
    Keyword{"properties", Shape::kSchemaMap},
    Keyword{"propertyNames", Shape::kSchema},
    Keyword{"readOnly", Shape::kBoolean},
    Keyword{"required", Shape::kNames},
    Keyword{"then", Shape::kSchema},
    Keyword{"title", Shape::kText},
    Keyword{"type", Shape::kTypes},
    Keyword{"uniqueItems", Shape::kBoolean},
    Keyword{"writeOnly", Shape::kBoolean},
};

constexpr std::array<std::string_view, 7> kTypes = {"array",  "boolean", "integer", "null",
                                                    "number", "object",  "string"};

/// Keywords that say nothing about the data, which may stand beside a `$ref`: earlier drafts ignore
/// everything else there.
constexpr std::array<std::string_view, 12> kBesideReference = {
    "$comment", "$defs",       "$id",      "$schema",  "default",   "definitions",
    "$ref",     "description", "examples", "readOnly", "writeOnly", "title"};

std::string InsteadOf(std::string_view keyword) {
  if (keyword == "prefixItems") return "; give 'items' an array";
  if (keyword == "dependentRequired" || keyword == "dependentSchemas") {
    return "; write 'dependencies'";
  }
  if (keyword == "id") return "; write '$id'";
  if (keyword == "nullable") return "; write \"type\": [\"…\", \"null\"]";
  if (keyword.starts_with("unevaluated")) return "; write 'additionalProperties'";
  return "; remarks of your own begin with 'x-'";
}

std::optional<Shape> ShapeOf(std::string_view keyword) {
  if (keyword.starts_with("x-")) return Shape::kAnything;
  const auto found = std::ranges::find(kKeywords, keyword, &Keyword::name);
  if (found == kKeywords.end()) return std::nullopt;
  return found->shape;
}

class Rules {
 public:
  explicit Rules(SchemaDocument& document) : document_(document) {}

  std::vector<FieldError> Run() {
    Schema(document_.root, "");
    for (const auto& [node, pointer] : references_) Reference(*node, pointer);
    if (errors_.empty()) {
      for (const std::string& pointer : CirclesOf(document_)) {
        Wrong(pointer, "leads back to itself without going into the data");
      }
    }
    std::ranges::sort(errors_, {}, &FieldError::line);
    return std::move(errors_);
  }

 private:
  void Wrong(const std::string& pointer, std::string detail) {
    if (errors_.size() >= kMostErrors) return;
    errors_.push_back(
        {.pointer = pointer, .detail = std::move(detail), .line = document_.LineOf(pointer)});
  }

  void Schema(const Json& node, const std::string& pointer) {
    document_.pointers.emplace(&node, pointer);
    if (document_.pointers.size() == kMaxSubschemas + 1) {
      return Wrong("", "has more than " + std::to_string(kMaxSubschemas) + " schemas in it");
    }
    if (document_.pointers.size() > kMaxSubschemas || node.is_boolean()) return;
    if (!node.is_object()) return Wrong(pointer, "must be a schema: an object, true or false");
    for (const auto& [name, value] : node.items()) {
      const std::string place = pointer + "/" + PointerToken(name);
      const auto shape = ShapeOf(name);
      if (!shape) {
        Wrong(place, "is not a keyword that is understood here" + InsteadOf(name));
      } else {
        Member(node, *shape, value, place);
      }
    }
    for (const std::string_view name : {"then", "else"}) {
      if (node.contains(name) && !node.contains("if")) {
        Wrong(pointer + "/" + std::string(name), "stands without 'if'");
      }
    }
    if (node.contains("additionalItems") &&
        !(node.contains("items") && node.at("items").is_array())) {
      Wrong(pointer + "/additionalItems", "means nothing without 'items' as an array");
    }
  }

  void Member(const Json& node, Shape shape, const Json& value, const std::string& place) {
    switch (shape) {
      case Shape::kAnything:
        return;
      case Shape::kText:
        return Need(value.is_string(), place, "must be a string");
      case Shape::kRootText:
        Need(value.is_string(), place, "must be a string");
        return Need(&node == &document_.root, place, "may stand at the root only");
      case Shape::kBoolean:
        return Need(value.is_boolean(), place, "must be true or false");
      case Shape::kNumber:
        return Need(value.is_number(), place, "must be a number");
      case Shape::kAboveZero:
        return Need(value.is_number() && value.get<double>() > 0, place,
                    "must be a number above zero");
      case Shape::kCount:
        return Need(value.is_number_unsigned() && value.get<std::uint64_t>() < (1ULL << 53U), place,
                    "must be a whole number, zero or more");
      case Shape::kPattern:
        return Pattern(value, place);
      case Shape::kSchema:
        return Schema(value, place);
      case Shape::kSchemas:
        return Schemas(value, place);
      case Shape::kSchemaMap:
      case Shape::kPatternMap:
        return SchemaMap(value, place, shape == Shape::kPatternMap);
      case Shape::kItems:
        return value.is_array() ? Schemas(value, place) : Schema(value, place);
      case Shape::kTypes:
        return Types(value, place);
      case Shape::kValues:
        return Need(value.is_array() && !value.empty(), place, "must be an array with a value");
      case Shape::kNames:
        return Names(value, place);
      case Shape::kDependencies:
        return Dependencies(value, place);
      case Shape::kReference:
        references_.emplace_back(&node, place);
        return;
    }
  }

  void Need(bool holds, const std::string& place, std::string_view must) {
    if (!holds) Wrong(place, std::string(must));
  }

  void Schemas(const Json& value, const std::string& place) {
    if (!value.is_array() || value.empty()) {
      return Wrong(place, "must be an array with a schema in it");
    }
    for (std::size_t i = 0; i < value.size(); ++i) {
      Schema(value[i], place + "/" + std::to_string(i));
    }
  }

  void SchemaMap(const Json& value, const std::string& place, bool patterns) {
    if (!value.is_object()) return Wrong(place, "must be an object of schemas");
    for (const auto& [name, schema] : value.items()) {
      const std::string member = place + "/" + PointerToken(name);
      // The library keeps names up to a NUL only, and would check another property.
      Need(name.find('\0') == std::string::npos, member, "has a NUL in its name");
      if (patterns) Pattern(name, member);
      Schema(schema, member);
    }
  }

  void Types(const Json& value, const std::string& place) {
    const auto known = [](const Json& one) {
      return one.is_string() && std::ranges::find(kTypes, one.get<std::string>()) != kTypes.end();
    };
    const bool fits =
        value.is_array() ? !value.empty() && std::ranges::all_of(value, known) : known(value);
    Need(fits, place, "must be array, boolean, integer, null, number, object, string, or several");
  }

  void Names(const Json& value, const std::string& place) {
    if (!value.is_array()) return Wrong(place, "must be an array of names");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string one = place + "/" + std::to_string(i);
      if (!value[i].is_string()) {
        Wrong(one, "must be a string");
      } else if (!seen.insert(value[i].get<std::string>()).second) {
        Wrong(one, "stands there twice");
      }
    }
  }

  void Dependencies(const Json& value, const std::string& place) {
    if (!value.is_object()) return Wrong(place, "must be an object");
    for (const auto& [name, needs] : value.items()) {
      const std::string member = place + "/" + PointerToken(name);
      Need(name.find('\0') == std::string::npos, member, "has a NUL in its name");
      needs.is_array() ? Names(needs, member) : Schema(needs, member);
    }
  }

  void Pattern(const Json& value, const std::string& place) {
    if (!value.is_string()) return Wrong(place, "must be a regular expression");
    const std::string text = value.get<std::string>();
    if (document_.patterns.contains(text)) return;
    if (text.size() > kMaxPatternBytes) {
      return Wrong(place, "is longer than " + std::to_string(kMaxPatternBytes) + " bytes");
    }
    if (text.find('\0') != std::string::npos) return Wrong(place, "has a NUL in it");
    if (document_.patterns.size() == kMaxPatterns) {
      return Wrong(place, "is one regular expression too many: " + std::to_string(kMaxPatterns));
    }
    RE2::Options options(RE2::Quiet);
    options.set_max_mem(kPatternMemory);
    auto compiled = std::make_unique<RE2>(text, options);
    if (!compiled->ok()) {
      return Wrong(place, "is not a regular expression of RE2: " + compiled->error());
    }
    document_.patterns.emplace(text, std::move(compiled));
  }

  void Reference(const Json& node, const std::string& place) {
    for (const auto& [name, value] : node.items()) {
      if (std::ranges::find(kBesideReference, name) == kBesideReference.end() &&
          !name.starts_with("x-")) {
        return Wrong(place.substr(0, place.size() - 4) + PointerToken(name),
                     "stands beside '$ref', where drafts disagree; put both into 'allOf'");
      }
    }
    const Json& reference = node.at("$ref");
    if (!reference.is_string()) return Wrong(place, "must be a string");
    const auto text = reference.get<std::string>();
    if (!text.starts_with("#")) {
      return Wrong(place,
                   "refers to another document, which is never fetched; copy it into '$defs'");
    }
    const std::string pointer = text.substr(1);
    // Two encodings of one name would be two places for the library.
    const bool plain = pointer.find('%') == std::string::npos &&
                       pointer.find("//") == std::string::npos && !pointer.ends_with('/');
    const Json* target = plain ? FindByPointer(document_.root, pointer) : nullptr;
    if (target == nullptr || !document_.pointers.contains(target)) {
      return Wrong(place, "refers to no schema of this document");
    }
    document_.targets.emplace(&node, target);
  }

  SchemaDocument& document_;
  std::vector<std::pair<const Json*, std::string>> references_;
  std::vector<FieldError> errors_;
};

}  // namespace

std::vector<FieldError> CheckRules(SchemaDocument& document) { return Rules(document).Run(); }

}  // namespace notify::schema
