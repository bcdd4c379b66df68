#include "cli/reference/reference.hpp"

#include <algorithm>

#include "cli/app.hpp"
#include "cli/help.hpp"
#include "cli/reference/completions.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::reference {
namespace {

class Reference : public testing_support::CommandLineTest {
 protected:
  Reference() { AddCommands(root_, factory()); }

  template <typename Visit>
  void EachCommand(const Command& command, Visit visit) {
    visit(command);
    for (const auto& child : command.children()) EachCommand(child, visit);
  }

  Command root_{"notifyctl", "Test"};
};

TEST_F(Reference, EveryCommandHasAnExampleThatBeginsWithItself) {
  EachCommand(root_, [](const Command& command) {
    if (!command.runnable()) return;
    bool own = false;
    for (const auto& example : command.examples()) {
      own = own || example.line.find(command.Path()) != std::string::npos;
    }
    EXPECT_TRUE(own) << command.Path();
  });
}

TEST_F(Reference, NoTwoCommandsAnswerToOneWord) {
  EachCommand(root_, [](const Command& command) {
    std::vector<std::string> words;
    for (const auto& child : command.children()) {
      words.push_back(child.name());
      words.insert(words.end(), child.aliases().begin(), child.aliases().end());
    }
    std::ranges::sort(words);
    EXPECT_EQ(std::ranges::adjacent_find(words), words.end()) << command.Path();
  });
}

TEST_F(Reference, NounsHaveTheirPluralAsAlias) {
  for (const auto* noun : {"tenant", "key", "token", "event", "notification", "template", "trigger",
                           "metric", "audit", "context", "agent"}) {
    EXPECT_NE(root_.FindChild(std::string(noun) + "s"), nullptr) << noun;
  }
}

TEST_F(Reference, HelpOfEveryCommandIsShown) {
  EachCommand(root_, [this](const Command& command) {
    const auto help = HelpText(root_, command);
    EXPECT_NE(help.find("Usage:\n  " + command.Path()), std::string::npos);
  });
}

TEST_F(Reference, ThePagesNameEveryVerbAndNoHiddenOne) {
  ASSERT_EQ(Run({"reference", "man", Path("man")}), 0);
  EXPECT_NE(TextOf("man/notifyctl-tenant.1").find("notifyctl tenant suspend"), std::string::npos);
  EXPECT_NE(TextOf("man/notifyctl-tenant.1").find(".TH NOTIFYCTL-TENANT 1"), std::string::npos);
  EXPECT_EQ(TextOf("man/notifyctl.1").find(".B reference"), std::string::npos);
}

TEST_F(Reference, ACompletionNamesEveryVerb) {
  for (const auto* shell : {"bash", "zsh", "fish"}) {
    const auto script = CompletionScript(root_, shell).value();
    EXPECT_NE(script.find("suspend"), std::string::npos) << shell;
    EXPECT_EQ(script.find(" reference"), std::string::npos) << shell;
  }
  EXPECT_EQ(Run("completion tcsh"), 2);
}

}  // namespace
}  // namespace notify::cli::reference
