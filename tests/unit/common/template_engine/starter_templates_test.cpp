#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "common/template_engine/data.hpp"
#include "common/template_engine/notification_template.hpp"
#include "tests/support/vectors.hpp"

namespace notify::template_engine {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = fs::path(NOTIFY_SOURCE_DIR) / "templates";

std::vector<fs::path> Entries(const fs::path& folder) {
  std::set<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.insert(entry.path());
  return {entries.begin(), entries.end()};
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const fs::path& path : Entries(kRoot)) {
    if (fs::exists(path / "template.yaml")) names.push_back(path.filename());
  }
  return names;
}

class StarterTemplate : public ::testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return kRoot / GetParam(); }

  NotificationTemplate Compiled() const {
    TemplateFiles files;
    for (const fs::path& path : Entries(folder())) {
      if (fs::is_regular_file(path)) files[path.filename()] = testing_support::ReadFile(path);
    }
    auto compiled = NotificationTemplate::Compile(files);
    EXPECT_TRUE(compiled) << compiled.error().ToError().detail;
    return std::move(*compiled);
  }

  static Data Sample(const fs::path& path) {
    return Data::Parse(testing_support::ReadFile(path)).value();
  }

  fs::path Golden(const fs::path& sample, const std::string& file) const {
    return folder() / "golden" / sample.stem() / file.substr(0, file.size() - 4);
  }
};

TEST_P(StarterTemplate, BearsTheNameOfItsFolderAndThreeChannels) {
  const NotificationTemplate compiled = Compiled();
  EXPECT_EQ(compiled.about().id, GetParam());
  EXPECT_FALSE(compiled.about().description.empty());
  EXPECT_THAT(compiled.Channels(), ::testing::IsSupersetOf({"in_app", "log", "webhook"}));
}

TEST_P(StarterTemplate, RendersEachSampleToItsGoldenFiles) {
  const NotificationTemplate compiled = Compiled();
  for (const fs::path& sample : Entries(folder() / "samples")) {
    const Data data = Sample(sample);
    for (const std::string& file : compiled.Files()) {
      const auto output = compiled.RenderFile(file, data.value());
      ASSERT_TRUE(output) << output.error().ToError().detail;
      EXPECT_EQ(*output, testing_support::ReadFile(Golden(sample, file))) << sample << " " << file;
    }
  }
}

TEST_P(StarterTemplate, MakesANotificationOfEachSampleForEachChannel) {
  const NotificationTemplate compiled = Compiled();
  for (const fs::path& sample : Entries(folder() / "samples")) {
    const Data data = Sample(sample);
    for (const std::string& channel : compiled.Channels()) {
      const auto rendered = compiled.Render(channel, data.value());
      ASSERT_TRUE(rendered) << rendered.error().ToError().detail;
      EXPECT_FALSE(rendered->body.empty()) << sample << " " << channel;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Folders, StarterTemplate, ::testing::ValuesIn(Names()));

TEST(StarterTemplates, CoverTheFirstFiveEvents) {
  EXPECT_THAT(Names(), ::testing::IsSupersetOf({"fx-quote-created", "payment-processed",
                                                "rate-updated", "system-alert", "user-activity"}));
}

}  // namespace
}  // namespace notify::template_engine
