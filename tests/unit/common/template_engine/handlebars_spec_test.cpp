#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/template_engine/data.hpp"
#include "common/template_engine/lexer.hpp"
#include "common/template_engine/parser.hpp"
#include "common/template_engine/template.hpp"
#include "tests/support/vectors.hpp"

namespace notify::template_engine {
namespace {

using Json = nlohmann::ordered_json;

struct Outcome {
  bool failed = false;
  std::string text;  ///< What was rendered, or what went wrong.
};

// Why a case cannot be run here, as a category; empty when it can.
std::string SkipReason(const Json& one) {
  if (one.dump().find("\"!sparsearray\"") != std::string::npos) {
    return "sparse array: JSON has none";
  }
  return "";
}

bool Flag(const Json& one, const char* name) {
  return one.contains("compileOptions") && one["compileOptions"].value(name, false);
}

CompileOptions OptionsOf(const Json& one) {
  CompileOptions options;
  options.prevent_indent = Flag(one, "preventIndent");
  options.ignore_standalone = Flag(one, "ignoreStandalone");
  options.explicit_partial_context = Flag(one, "explicitPartialContext");
  options.compat = Flag(one, "compat");
  return options;
}

Outcome RunCase(const Json& one) {
  const CompileOptions compile = OptionsOf(one);
  Partials partials;
  const Json sources = one.value("partials", Json::object());
  for (const auto& [name, source] : sources.items()) {
    auto partial = Template::Compile(source.get<std::string>(), name, compile);
    if (!partial) return {true, partial.error().detail};
    partials.emplace(name, *partial);
  }
  auto compiled = Template::Compile(one["template"].get<std::string>(), "main", compile);
  if (!compiled) return {true, compiled.error().detail};
  const Data data = Data::From(one["data"]);
  const Json variables = one.contains("runtimeOptions") && one["runtimeOptions"].contains("data")
                             ? one["runtimeOptions"]["data"]
                             : Json();
  const Data more = Data::From(variables);
  RenderOptions options;
  options.missing = Flag(one, "strict") ? Missing::kError : Missing::kEmpty;
  options.assume_objects = Flag(one, "assumeObjects");
  options.partials = &partials;
  options.variables = more.value();
  std::string out;
  const auto rendered = Render(*compiled, data.value(), options, out);
  if (!rendered) return {true, rendered.error().detail};
  return {false, out};
}

class HandlebarsSpec : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const auto folder = testing_support::VectorsFolder("handlebars-spec");
    if (!folder) GTEST_SKIP() << "No vectors: set NOTIFY_VECTORS to the folder that holds them.";
    cases_ = Json::parse(testing_support::ReadFile(*folder + "/" + GetParam() + ".json"));
  }

  void TearDown() override {
    if (cases_.empty()) return;
    std::cout << GetParam() << ": " << passed_ << " pass, " << cases_.size() - passed_
              << " skipped\n";
    for (const auto& [reason, count] : skipped_)
      std::cout << "  " << count << " " << reason << "\n";
  }

  Json cases_ = Json::array();
  std::size_t passed_ = 0;
  std::map<std::string, int> skipped_;
};

class HandlebarsRenders : public HandlebarsSpec {};

TEST_P(HandlebarsRenders, WhatHandlebarsJsRenders) {
  for (const Json& one : cases_) {
    if (const std::string reason = SkipReason(one); !reason.empty()) {
      ++skipped_[reason];
      continue;
    }
    const Outcome outcome = RunCase(one);
    const bool should_fail = one.contains("exception");
    EXPECT_EQ(outcome.failed, should_fail) << one.dump() << "\n" << outcome.text;
    if (!should_fail) {
      EXPECT_EQ(outcome.text, one["expected"]) << one.dump();
    }
    ++passed_;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, HandlebarsRenders,
                         ::testing::Values("basic", "blocks", "builtins", "data", "helpers",
                                           "partials", "regressions", "strict",
                                           "whitespace-control"));

class HandlebarsParses : public HandlebarsSpec {};

TEST_P(HandlebarsParses, WhatHandlebarsJsParses) {
  for (const Json& one : cases_) {
    Arena arena(1U << 20U);
    const std::string source = one["template"];
    const auto parsed = Parse(source, arena);
    EXPECT_EQ(parsed.has_value(), !one.contains("exception"))
        << one.dump() << "\n"
        << (parsed ? "" : parsed.error().detail);
    ++passed_;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, HandlebarsParses, ::testing::Values("parser"));

class HandlebarsTokens : public HandlebarsSpec {};

// The names that handlebars.l gives to our types, in their order.
const std::vector<std::string> kNames = {"CONTENT",
                                         "COMMENT",
                                         "OPEN_SEXPR",
                                         "CLOSE_SEXPR",
                                         "OPEN_RAW_BLOCK",
                                         "CLOSE_RAW_BLOCK",
                                         "END_RAW_BLOCK",
                                         "OPEN_PARTIAL",
                                         "OPEN_PARTIAL_BLOCK",
                                         "OPEN_BLOCK",
                                         "OPEN_ENDBLOCK",
                                         "INVERSE",
                                         "OPEN_INVERSE",
                                         "OPEN_INVERSE_CHAIN",
                                         "OPEN_UNESCAPED",
                                         "OPEN",
                                         "EQUALS",
                                         "ID",
                                         "SEP",
                                         "CLOSE_UNESCAPED",
                                         "CLOSE",
                                         "STRING",
                                         "DATA",
                                         "BOOLEAN",
                                         "UNDEFINED",
                                         "NULL",
                                         "NUMBER",
                                         "OPEN_BLOCK_PARAMS",
                                         "CLOSE_BLOCK_PARAMS",
                                         "INVALID",
                                         "EOF"};

Json TokensOf(const std::string& source) {
  Arena arena(1U << 20U);
  const auto tokens = Tokenize(source, arena);
  Json list = Json::array();
  if (!tokens) return tokens.error().detail;
  for (const Token& token : *tokens) {
    if (token.type == TokenType::kEnd || token.type == TokenType::kInvalid) break;
    list.push_back({{"name", kNames[static_cast<std::size_t>(token.type)]}, {"text", token.text}});
  }
  return list;
}

TEST_P(HandlebarsTokens, AreThoseOfHandlebarsJs) {
  for (const Json& one : cases_) {
    EXPECT_EQ(TokensOf(one["template"]), one["expected"]) << one["template"];
    ++passed_;
  }
}

INSTANTIATE_TEST_SUITE_P(Files, HandlebarsTokens, ::testing::Values("tokenizer"));

}  // namespace
}  // namespace notify::template_engine
