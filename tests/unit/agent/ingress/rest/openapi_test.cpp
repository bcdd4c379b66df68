#include "agent/ingress/rest/openapi.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "agent/ingress/rest/openapi_parts.hpp"
#include "common/api/routes.hpp"

namespace notify::agent::ingress {
namespace {

using nlohmann::json;

class OpenApiTest : public ::testing::Test {
 protected:
  /// Every `$ref` below `value`.
  static void CollectReferences(const json& value, std::set<std::string>& found) {
    if (value.is_object() && value.contains("$ref")) found.insert(value["$ref"]);
    for (const auto& child : value) {
      if (child.is_structured()) CollectReferences(child, found);
    }
  }
  const json& Operation(const std::string& path, const std::string& method) const {
    return document_.at("paths").at(path).at(method);
  }
  const json document_ = json::parse(OpenApiJson("1.2.3"));
};

TEST_F(OpenApiTest, IsVersion31AndNamesTheProgramsVersion) {
  EXPECT_EQ(document_["openapi"], "3.1.0");
  EXPECT_EQ(document_["info"]["version"], "1.2.3");
}

TEST_F(OpenApiTest, HasEveryRouteAndNoOther) {
  std::set<std::string> described;
  for (const auto& [path, methods] : document_["paths"].items()) {
    for (const auto& operation : methods) described.insert(operation["operationId"]);
  }
  std::set<std::string> routed;
  for (const auto& route : api::Routes()) routed.emplace(route.operation);
  EXPECT_EQ(described, routed);
  EXPECT_EQ(OperationShapes().size(), api::Routes().size());
}

TEST_F(OpenApiTest, EveryReferenceLeadsSomewhere) {
  std::set<std::string> references;
  CollectReferences(document_, references);
  EXPECT_GT(references.size(), 20U);
  for (const auto& reference : references) {
    EXPECT_TRUE(document_.contains(json::json_pointer(reference.substr(1)))) << reference;
  }
}

TEST_F(OpenApiTest, EverySchemaIsReferredTo) {
  std::set<std::string> references;
  CollectReferences(document_, references);
  for (const auto& [name, schema] : document_["components"]["schemas"].items()) {
    EXPECT_TRUE(references.contains("#/components/schemas/" + name)) << name;
  }
}

TEST_F(OpenApiTest, EveryPostSaysWhatAnIdempotencyKeyDoes) {
  for (const auto& route : api::Routes()) {
    // A backup is taken again, and brought in again, not remembered.
    const bool is_backup = route.operation == "backupAgent" || route.operation == "restoreAgent";
    if (route.method != api::Method::kPost || is_backup) continue;
    const auto parameters = Operation(std::string(route.pattern), "post").at("parameters").dump();
    const bool duplicate_key = parameters.find("parameters/Idempotency-Key") != std::string::npos;
    const bool kept = parameters.find("parameters/KeptAnswer") != std::string::npos;
    EXPECT_NE(duplicate_key, kept) << route.operation;
  }
}

TEST_F(OpenApiTest, DeclaresEveryParameterOfAPath) {
  for (const auto& route : api::Routes()) {
    std::string path(route.pattern);
    std::string method(api::MethodName(route.method));
    std::ranges::transform(method, method.begin(), ::tolower);
    for (const auto& parameter : Operation(path, method).value("parameters", json::array())) {
      if (parameter.value("in", "") != "path") continue;
      const std::string place = "{" + parameter["name"].get<std::string>() + "}";
      const auto at = path.find(place);
      ASSERT_NE(at, std::string::npos) << route.pattern;
      path.erase(at, place.size());
    }
    EXPECT_EQ(path.find('{'), std::string::npos) << route.pattern;
  }
}

TEST_F(OpenApiTest, SaysWhatPublishTakesAndGives) {
  const auto& publish = Operation("/api/events/publish", "post");
  EXPECT_TRUE(publish["requestBody"]["content"].contains("application/cloudevents+json"));
  EXPECT_EQ(publish["responses"]["202"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/Published");
  EXPECT_EQ(publish["x-role"], "publisher");
}

TEST_F(OpenApiTest, OnlyPublicOperationsNeedNoCredential) {
  EXPECT_EQ(Operation("/healthz", "get")["security"], json::array());
  EXPECT_FALSE(Operation("/api/events", "get").contains("security"));
  EXPECT_EQ(document_["security"], json::parse(R"([{"bearer": []}])"));
}

}  // namespace
}  // namespace notify::agent::ingress
