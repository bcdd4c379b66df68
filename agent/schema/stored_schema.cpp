#include "agent/schema/stored_schema.hpp"

#include <simdjson.h>

#include <utility>

#include "common/json_text.hpp"
#include "common/model/event_parser.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::schema {
namespace {

namespace od = simdjson::ondemand;

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  out += out.empty() ? "{" : ",";
  AppendJsonString(out, name);
  out += ':';
  AppendJsonString(out, text);
}

std::string Members(const StoredSchema& schema) {
  std::string out;
  AppendMember(out, "id", schema.type);
  AppendMember(out, "type", schema.type);
  out += ",\"version\":" + std::to_string(schema.version);
  AppendMember(out, "compatibility", ::notify::schema::CompatibilityName(schema.rule));
  out += ",\"bytes\":" + std::to_string(schema.text.size()) + ",\"createdAt\":\"";
  AppendRfc3339(out, schema.created_ms);
  return out + '"';
}

Error Wrong(std::string pointer, std::string detail) {
  Error error = Fail(Errc::kInvalidArgument, "'" + pointer + "' " + detail + ".");
  error.errors.push_back({.pointer = std::move(pointer), .detail = std::move(detail)});
  return error;
}

}  // namespace

std::string SchemaItemJson(const StoredSchema& schema) { return Members(schema) + "}"; }

std::string SchemaJson(const StoredSchema& schema, bool created) {
  std::string out = Members(schema);
  out += created ? ",\"created\":true" : ",\"created\":false";
  // It was checked to be one JSON document when it was put.
  out += ",\"schema\":" + schema.text;
  AppendMember(out, "text", schema.text);
  return out + "}";
}

Result<SchemaDraft> ParseSchemaDraft(std::string_view body) {
  od::parser parser;
  const simdjson::padded_string padded(body);
  od::document document;
  od::object object;
  if (parser.iterate(padded).get(document) || document.get_object().get(object)) {
    return Fail(Errc::kInvalidJson, "The body must be {\"type\": …, \"schema\": …}.");
  }
  SchemaDraft draft;
  for (auto member : object) {
    od::field field;
    std::string_view name;
    if (std::move(member).get(field) || field.unescaped_key().get(name)) {
      return Fail(Errc::kInvalidJson, "The body is not valid JSON.");
    }
    od::value value = field.value();
    std::string_view text;
    if (name == "schema") {
      od::json_type type{};
      const bool quoted = !value.type().get(type) && type == od::json_type::string;
      if (quoted ? value.get_string().get(text) : simdjson::to_json_string(value).get(text)) {
        return Fail(Errc::kInvalidJson, "The body is not valid JSON.");
      }
      draft.text = text;
    } else if (name == "type" || name == "compatibility") {
      if (value.get_string().get(text)) return Wrong("/" + std::string(name), "must be a string");
      (name == "type" ? draft.type : draft.compatibility) = text;
    } else {
      return Wrong("/" + std::string(name.substr(0, 64)), "is not a member of this body");
    }
  }
  if (draft.type.empty()) return Wrong("/type", "is required");
  if (draft.text.empty()) return Wrong("/schema", "is required");
  return draft;
}

Status CheckSchemaType(std::string_view type) {
  if (!IsEventType(type)) {
    return Fail(Errc::kInvalidArgument,
                "'" + std::string(type.substr(0, 64)) +
                    "' is not an event type: those have letters, digits, '_', '-' and a dot.");
  }
  if (IsReservedType(type)) {
    return Fail(Errc::kTypeReserved,
                "Only the agent publishes events of type '" + std::string(type) + "'.");
  }
  return {};
}

}  // namespace notify::agent::schema
