#include "agent/ingress/rest/openapi.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "agent/ingress/rest/openapi_parts.hpp"
#include "common/api/kept_answers.hpp"

namespace notify::agent::ingress {
namespace {

using Json = nlohmann::ordered_json;

Json Reference(std::string_view kind, std::string_view name) {
  return {{"$ref", "#/components/" + std::string(kind) + "/" + std::string(name)}};
}

Json Content(std::string_view media, Json schema) {
  return {{std::string(media), {{"schema", std::move(schema)}}}};
}

/// The schema that a shape's word means: a name, or `[name]` for a page of them.
Json SchemaOf(std::string_view word) {
  if (!word.starts_with('[')) return Reference("schemas", word);
  word = word.substr(1, word.size() - 2);
  return {{"type", "object"},
          {"required", {"items", "next"}},
          {"properties",
           {{"items", {{"type", "array"}, {"items", Reference("schemas", word)}}},
            {"next", Reference("schemas", "NullableText")}}}};
}

/// The body that a shape's word means: a media type, or JSON of a schema.
Json ContentOf(std::string_view word) {
  const bool is_media = word.find('/') != std::string_view::npos;
  return is_media ? Content(word, Reference("schemas", "Text"))
                  : Content("application/json", SchemaOf(word));
}

Json Success(const OperationShape& shape) {
  return {{"description", "Done"}, {"content", ContentOf(shape.response)}};
}

Json Parameters(const api::Route& route, const OperationShape& shape) {
  Json parameters = Json::array();
  for (auto open = route.pattern.find('{'); open != std::string_view::npos;
       open = route.pattern.find('{', open + 1)) {
    const auto name = route.pattern.substr(open + 1, route.pattern.find('}', open) - open - 1);
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  std::string_view rest = shape.query;
  while (!rest.empty()) {
    const auto name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    parameters.push_back(Reference("parameters", name));
  }
  if (api::KeepsAnswers(route)) parameters.push_back(Reference("parameters", "KeptAnswer"));
  if (route.access != api::Access::kPublic) {
    parameters.push_back(Reference("parameters", "X-Tenant"));
  }
  return parameters;
}

Json RequestBody(const OperationShape& shape) {
  Json content = ContentOf(shape.request);
  if (shape.request == "EventRequest") {
    content.update(Content("application/cloudevents+json", SchemaOf(shape.request)));
  } else if (shape.request == "EventBatch") {
    content.update(Content("application/cloudevents-batch+json", SchemaOf(shape.request)));
    content.update(Content("application/x-ndjson", Reference("schemas", "Text")));
  }
  return {{"required", true}, {"content", std::move(content)}};
}

Json Operation(const api::Route& route, const OperationShape& shape) {
  Json operation = {{"operationId", route.operation}, {"summary", route.summary}};
  auto parameters = Parameters(route, shape);
  if (!parameters.empty()) operation["parameters"] = std::move(parameters);
  if (!shape.request.empty()) operation["requestBody"] = RequestBody(shape);
  operation["responses"] = {{std::to_string(shape.status), Success(shape)},
                            {"default", {{"$ref", "#/components/responses/Problem"}}}};
  if (route.access == api::Access::kPublic) {
    operation["security"] = Json::array();
  } else {
    operation["x-role"] = api::AccessName(route.access);
  }
  return operation;
}

Json Paths() {
  Json paths = Json::object();
  for (const api::Route& route : api::Routes()) {
    const auto shape =
        std::ranges::find(OperationShapes(), route.operation, &OperationShape::operation);
    if (shape == OperationShapes().end()) continue;
    std::string method(api::MethodName(route.method));
    std::ranges::transform(method, method.begin(),
                           [](char c) { return static_cast<char>(c - 'A' + 'a'); });
    paths[std::string(route.pattern)][method] = Operation(route, *shape);
  }
  return paths;
}

}  // namespace

std::string OpenApiJson(std::string_view version) {
  Json document = {{"openapi", "3.1.0"},
                   {"info",
                    {{"title", "notifyd"},
                     {"version", version},
                     {"summary", "Real-time notifications for many tenants"},
                     {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
                   {"security", Json::array({{{"bearer", Json::array()}}})},
                   {"paths", Paths()}};
  document["components"] = {
      {"securitySchemes",
       {{"bearer",
         {{"type", "http"}, {"scheme", "bearer"}, {"description", "An API key (nk_…) or a JWT"}}}}},
      {"parameters", Json::parse(ParametersText())},
      {"responses",
       {{"Problem",
         {{"description", "What failed, why, and the command that helps"},
          {"content", Content("application/problem+json", Reference("schemas", "Problem"))}}}}},
      {"schemas", Json::parse(SchemasText())}};
  return document.dump();
}

}  // namespace notify::agent::ingress
