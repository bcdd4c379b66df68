#include "cli/agent/backup.hpp"

#include <filesystem>

#include "common/archive/archive_reader.hpp"
#include "common/encoding.hpp"
#include "tests/unit/cli/command_line.hpp"

namespace notify::cli::agent {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

/// The archive of these members, with their checksums.
std::string Archive(const Members& members) {
  std::string bytes;
  std::string sums;
  const auto add = [&bytes](const std::string& name, const std::string& content) {
    bytes += archive::TarHeader({name, content.size()}, 0) + content +
             archive::TarPadding(content.size());
  };
  for (const auto& [name, content] : members) {
    add(name, content);
    sums += ToHex(Sha256(content)) + "  " + name + "\n";
  }
  add(std::string(archive::kChecksumsName), sums);
  return bytes + archive::TarEnd();
}

const Members kMembers = {
    {"manifest.json", R"({"format":1,"createdAt":"2026-11-28T00:00:00Z","version":"1.2",)"
                      R"("masterKeyId":"0123456789abcdef","tenants":["blue"]})"},
    {"platform.db", "platform"},
    {"tenants/blue/log/index.db", "index"},
    {"tenants/blue/state.db", "state"}};

class AgentBackup : public testing_support::CommandLineTest {
 protected:
  bool Exists(const std::string& name) const { return std::filesystem::exists(Path(name)); }
  const std::string archive_ = Archive(kMembers);
};

TEST_F(AgentBackup, IsKeptAsItCameAndSaysWhatIsInIt) {
  api.Downloads("backupAgent", archive_);
  EXPECT_EQ(Run({"agent", "backup", Path("b.tar"), "-o", "json"}), 0);
  EXPECT_EQ(TextOf("b.tar"), archive_);
  EXPECT_EQ(OutJson().Text("masterKeyId"), "0123456789abcdef");
  EXPECT_EQ(OutJson().Integer("tenants"), 1);
  EXPECT_EQ(OutJson().Integer("files"), 4);
  EXPECT_FALSE(Exists("b.tar.part"));
}

TEST_F(AgentBackup, GoesToStandardOutputAsItIs) {
  api.Downloads("backupAgent", archive_);
  EXPECT_EQ(Run("agent backup -"), 0);
  EXPECT_EQ(out(), archive_);
}

TEST_F(AgentBackup, IsNotWrittenToATerminal) {
  pretend.terminal = true;
  EXPECT_EQ(Run("agent backup -"), 2);
  EXPECT_TRUE(api.calls().empty());
}

TEST_F(AgentBackup, ThatIsCutOffLeavesNoFile) {
  api.Downloads("backupAgent", archive_.substr(0, archive_.size() - 1500));
  EXPECT_EQ(Run({"agent", "backup", Path("b.tar")}), 8);
  EXPECT_NE(err().find("cut off"), std::string::npos);
  EXPECT_FALSE(Exists("b.tar"));
  EXPECT_FALSE(Exists("b.tar.part"));
}

TEST_F(AgentBackup, ReplacesAFileOnlyWhenAsked) {
  File("b.tar", "older");
  EXPECT_EQ(Run({"agent", "backup", Path("b.tar")}), 5);
  EXPECT_EQ(TextOf("b.tar"), "older");
  api.Downloads("backupAgent", archive_);
  EXPECT_EQ(Run({"agent", "backup", Path("b.tar"), "--yes"}), 0);
  EXPECT_EQ(TextOf("b.tar"), archive_);
}

TEST_F(AgentBackup, NamesTheFolderThatIsNotThere) {
  api.Downloads("backupAgent", archive_);
  EXPECT_EQ(Run({"agent", "backup", Path("none/b.tar")}), 3);
  EXPECT_NE(err().find("none/b.tar"), std::string::npos);
}

}  // namespace
}  // namespace notify::cli::agent
