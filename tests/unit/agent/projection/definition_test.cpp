#include "agent/projection/definition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify::agent::projection {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A definition and one key's state, to fold events into.
class Folding : public testing::Test {
 protected:
  void Define(const std::string& members) {
    auto parsed = ParseDefinition("{" + members + "}", "p");
    ASSERT_TRUE(parsed) << parsed.error().detail;
    definition_ = std::move(*parsed);
  }
  /// A projection by account with these fields.
  void Fields(const std::string& fields) {
    Define(R"("key": "/data/account", "fields": )" + fields);
  }
  /// The event's key, folded; or why not.
  std::string Fold(const std::string& data, const std::string& type = "a.b") {
    EventView event;
    event.type = type;
    event.userid = "alice";
    event.streamversion = "7";
    event.data_kind = DataKind::kJson;
    event.data = data;
    event.extensions = {{"shard", "\"north\""}};
    const EventInHand hand(event, {Epoch{1000}, Sequence{3}}, 2'000'000'000'000);
    const auto change = ChangeOf(definition_, hand);
    if (!change) return change.error().detail;
    if (change->kind == Change::Kind::kNone) return "no";
    if (change->kind == Change::Kind::kRemove) return "remove " + change->key;
    const auto folded = FoldInto(definition_, hand, state_);
    return folded ? change->key : folded.error().detail;
  }
  std::string state() const { return state_.Compact(); }

  Definition definition_;
  JsonValue state_ = JsonValue::Object();
};

TEST_F(Folding, CountsAndSumsExactly) {
  Fields(R"({"balance": {"fold": "sum", "of": "/data/amount"}, "n": {"fold": "count"}})");
  EXPECT_EQ(Fold(R"({"account": "x", "amount": 0.1})"), "x");
  EXPECT_EQ(Fold(R"({"account": "x", "amount": 0.2})"), "x");
  EXPECT_EQ(state(), R"({"balance":0.3,"n":2})");
}

TEST_F(Folding, AFieldMayHaveARuleForEachType) {
  Fields(R"({"balance": [{"fold": "sum", "of": "/data/amount", "on": ["account.credited"]},
                         {"fold": "sum", "of": "/data/amount", "subtract": true, "on": ["account.debited"]}],
             "status": [{"fold": "set", "value": "open", "on": ["account.opened"]},
                        {"fold": "set", "value": "used", "on": ["account.credited", "account.debited"]}]})");
  Fold(R"({"account": 1})", "account.opened");
  EXPECT_EQ(state(), R"({"status":"open"})");
  Fold(R"({"account": 1, "amount": 10})", "account.credited");
  Fold(R"({"account": 1, "amount": 2.5})", "account.debited");
  EXPECT_EQ(state(), R"({"status":"used","balance":7.5})");
}

TEST_F(Folding, KeepsExtremesFirstAndLast) {
  Fields(R"({"least": {"fold": "min", "of": "/data/n"}, "most": {"fold": "max", "of": "/data/n"},
             "first": {"fold": "first", "of": "/data/n"}, "last": {"fold": "last", "of": "/data/n"}})");
  for (const auto* n : {"2", "10", "9.5"}) {
    Fold(R"({"account": "x", "n": )" + std::string(n) + "}");
  }
  EXPECT_EQ(state(), R"({"first":2,"last":9.5,"least":2,"most":10})");
}

TEST_F(Folding, TextsCompareByteByByte) {
  Fields(R"({"latest": {"fold": "max", "of": "/data/at"}})");
  Fold(R"({"account": "x", "at": "2026-06-30T12:00:00Z"})");
  Fold(R"({"account": "x", "at": "2026-06-30T11:00:00Z"})");
  EXPECT_EQ(state(), R"({"latest":"2026-06-30T12:00:00Z"})");
  EXPECT_THAT(Fold(R"({"account": "x", "at": 3})"), HasSubstr("does not compare"));
}

TEST_F(Folding, MergesAsRfc7396Says) {
  Fields(R"({"order": {"fold": "merge", "of": "/data"}})");
  Fold(R"({"account": "x", "a": {"b": 1, "c": 2}, "n": 12345678901234567890123})");
  Fold(R"({"account": "x", "a": {"b": null, "d": [1]}, "e": true})");
  EXPECT_EQ(
      state(),
      R"({"order":{"account":"x","a":{"c":2,"d":[1]},"n":12345678901234567890123,"e":true}})");
}

TEST_F(Folding, AnEventIsFoldedWholeOrNotAtAll) {
  Fields(R"({"n": {"fold": "count"}, "sum": {"fold": "sum", "of": "/data/amount"}})");
  EXPECT_THAT(Fold(R"({"account": "x", "amount": "many"})"),
              HasSubstr("Field 'sum': '/data/amount' is no number"));
  EXPECT_EQ(state(), "{}");
}

TEST_F(Folding, WhatAnEventLacksChangesNothing) {
  Fields(R"({"n": {"fold": "count"}, "sum": {"fold": "sum", "of": "/data/amount"}})");
  EXPECT_EQ(Fold(R"({"account": "x"})"), "x");
  EXPECT_EQ(state(), R"({"n":1})");
}

TEST_F(Folding, KeysAreTextsNumbersAndBooleans) {
  Fields(R"({"n": {"fold": "count"}})");
  EXPECT_EQ(Fold(R"({"account": 7})"), "7");
  EXPECT_EQ(Fold(R"({"account": true})"), "true");
  for (const auto* data : {"{}", R"({"account": null})", R"({"account": [1]})", "3"}) {
    EXPECT_THAT(Fold(data), HasSubstr("the key, is absent")) << data;
  }
  EXPECT_THAT(Fold(R"({"account": ")" + std::string(513, 'k') + R"("})"), HasSubstr("512"));
}

TEST_F(Folding, KeysAndOperandsMayBeAttributes) {
  Define(R"("key": "userid", "fields": {"v": {"fold": "last", "of": "/streamversion"},
            "s": {"fold": "last", "of": "shard"}, "n": {"fold": "last", "of": "sequence"},
            "t": {"fold": "last", "of": "/recordedtime"}})");
  EXPECT_EQ(Fold("{}"), "alice");
  EXPECT_EQ(state(), R"({"n":3,"s":"north","t":"2033-05-18T03:33:20.000Z","v":7})");
}

TEST_F(Folding, TypesAndConditionsChoose) {
  Define(R"("types": ["order.*"], "removeOn": ["order.closed"], "key": "/data/id",
            "when": [{"pointer": "/data/amount", "op": "gt", "value": 5}],
            "fields": {"n": {"fold": "count"}})");
  EXPECT_EQ(Fold(R"({"id": 1, "amount": 6})", "order.paid"), "1");
  EXPECT_EQ(Fold(R"({"id": 1, "amount": 5})", "order.paid"), "no");
  EXPECT_EQ(Fold(R"({"id": 1, "amount": 1e999})", "order.paid"), "no");
  EXPECT_EQ(Fold(R"({"id": 1, "amount": 6})", "user.paid"), "no");
  EXPECT_EQ(Fold(R"({"id": 1, "amount": 6})", "order.closed"), "remove 1");
}

std::vector<std::string> Mistakes(const std::string& body, const std::string& name = {}) {
  const auto parsed = ParseDefinition(body, name);
  std::vector<std::string> pointers;
  if (parsed) return pointers;
  for (const FieldError& one : parsed.error().errors) pointers.push_back(one.pointer);
  return pointers;
}

TEST(ProjectionDefinition, NamesEachMistake) {
  EXPECT_THAT(Mistakes("{}"), ElementsAre("/name", "/key", "/fields"));
  EXPECT_THAT(Mistakes(R"({"name": "Up", "key": "a/b", "fields": {}, "typos": 1})"),
              ElementsAre("/name", "/key", "/fields", "/typos"));
  EXPECT_THAT(
      Mistakes(R"({"name": "metrics", "key": "subject", "fields": {"n": {"fold": "count"}}})"),
      ElementsAre("/name"));
  EXPECT_THAT(Mistakes(R"({"name": "a", "key": "subject", "types": ["no"], "fields":
      {"a b": {"fold": "count"}, "s": {"fold": "sum"}, "t": {"fold": "avg", "of": "x"}, "u": [],
       "v": {"fold": "set"}, "w": {"fold": "count", "of": "/data/n"}, "x": 3}})"),
              ElementsAre("/types", "/fields/a b", "/fields/s/of", "/fields/t/fold", "/fields/u",
                          "/fields/v/value", "/fields/w/of", "/fields/x"));
  EXPECT_THAT(Mistakes(R"({"name": "b", "key": "k", "fields": {"n": {"fold": "count"}}})", "a"),
              ElementsAre("/name"));
  EXPECT_EQ(ParseDefinition("[]", "").error().code, Errc::kInvalidJson);
}

TEST(ProjectionDefinition, ReadsWhatItWrites) {
  const std::string body =
      R"({"name":"balance","types":["account.*"],)"
      R"("when":[{"pointer":"/data/open","op":"exists","value":true}],"key":"/data/account",)"
      R"("fields":{"balance":[{"fold":"sum","of":"/data/amount","on":["account.credited"]},)"
      R"({"fold":"sum","of":"/data/amount","subtract":true}],"last":{"fold":"set","value":{"a":[1]}}},)"
      R"("removeOn":["account.closed"]})";
  EXPECT_EQ(DefinitionJson(ParseDefinition(body, "").value()), body);
  EXPECT_EQ(DefinitionJson(ParseDefinition(body, "balance").value()), body);
}

}  // namespace
}  // namespace notify::agent::projection
