#include "cli/parse.hpp"

#include <gtest/gtest.h>

namespace notify::cli {
namespace {

struct Made {
  std::string id;
  std::string data;
  std::vector<std::string> hosts;
  std::optional<std::int64_t> limit;
  bool force = false;
  std::string output;
};

class Parsing : public ::testing::Test {
 protected:
  Parsing() {
    root_.Option("-o,--output", "FORMAT", made_.output, "format");
    auto& noun = root_.Add("tenant", "Tenants", {"tenants"});
    auto& verb = noun.Add("create", "Create");
    verb.Argument("ID", made_.id, "id").Required();
    verb.Option("-d,--data", "JSON", made_.data, "data");
    verb.Option("--host", "HOST", made_.hosts, "host");
    verb.Option("--limit", "N", made_.limit, "limit");
    verb.Flag("--force", made_.force, "force");
    verb.Runs(made_, RunHook<Made>([](const Made&) { return Status{}; }));
  }

  Errc Refusal(const std::vector<std::string>& words) {
    const auto parsed = Parse(root_, words);
    detail_ = parsed ? "" : parsed.error().detail;
    return parsed ? Errc::kInternal : parsed.error().code;
  }

  Made made_;
  Command root_{"notifyctl", "Test"};
  std::string detail_;
};

TEST_F(Parsing, FillsArgumentsOptionsAndFlags) {
  ASSERT_TRUE(Parse(root_, {"tenant", "create", "blue", "--limit", "7", "--force"}).has_value());
  EXPECT_EQ(made_.id, "blue");
  EXPECT_EQ(made_.limit, 7);
  EXPECT_TRUE(made_.force);
}

TEST_F(Parsing, GlobalOptionsStandAnywhere) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"-o", "json", "tenant", "create", "blue"},
                                             {"tenant", "-o", "json", "create", "blue"},
                                             {"tenant", "create", "blue", "-ojson"},
                                             {"tenants", "create", "--output=json", "blue"}}) {
    made_.output.clear();
    ASSERT_TRUE(Parse(root_, words).has_value());
    EXPECT_EQ(made_.output, "json");
    EXPECT_EQ(made_.id, "blue");
  }
}

TEST_F(Parsing, ValuesPassVerbatim) {
  for (const auto* text : {"[1,2]", "{\"a\":[1]}", "-1", "a,b", "\"quoted\"", "", "a=b", "%%"}) {
    ASSERT_TRUE(Parse(root_, {"tenant", "create", "x", "--data", text}).has_value()) << text;
    EXPECT_EQ(made_.data, text);
  }
}

TEST_F(Parsing, RepeatedOptionsTakeOneValueEach) {
  ASSERT_TRUE(Parse(root_, {"tenant", "create", "--host", "a", "--host", "b", "blue"}).has_value());
  EXPECT_EQ(made_.hosts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(made_.id, "blue");
}

TEST_F(Parsing, UnknownWordsNameTheNearest) {
  EXPECT_EQ(Refusal({"tenant", "crate", "x"}), Errc::kUsage);
  EXPECT_NE(detail_.find("`create`"), std::string::npos) << detail_;
}

TEST_F(Parsing, UnknownFlagsNameTheNearest) {
  EXPECT_EQ(Refusal({"tenant", "create", "x", "--limt", "3"}), Errc::kUsage);
  EXPECT_NE(detail_.find("--limit"), std::string::npos) << detail_;
}

TEST_F(Parsing, MissingArgumentsBadNumbersAndExtraWordsAreUsageErrors) {
  EXPECT_EQ(Refusal({"tenant", "create"}), Errc::kUsage);
  EXPECT_NE(detail_.find("ID"), std::string::npos) << detail_;
  EXPECT_EQ(Refusal({"tenant", "create", "x", "--limit", "many"}), Errc::kUsage);
  EXPECT_EQ(Refusal({"tenant", "create", "x", "--limit", "99999999999999999999"}), Errc::kUsage);
  EXPECT_EQ(Refusal({"tenant", "create", "x", "y"}), Errc::kUsage);
  EXPECT_EQ(Refusal({"tenant", "create", "x", "--data"}), Errc::kUsage);
}

TEST_F(Parsing, ANounWithoutVerbListsThem) {
  EXPECT_EQ(Refusal({"tenant"}), Errc::kUsage);
  EXPECT_NE(detail_.find("create"), std::string::npos);
}

TEST_F(Parsing, HelpWinsOverMissingArguments) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"tenant", "create", "--help"},
                                                                 {"tenant", "create", "-h"},
                                                                 {"help", "tenant", "create"}}) {
    const auto parsed = Parse(root_, words);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_TRUE(parsed->help);
    EXPECT_EQ(parsed->command->name(), "create");
  }
}

}  // namespace
}  // namespace notify::cli
