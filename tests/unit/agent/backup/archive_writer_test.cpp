#include "agent/backup/archive_writer.hpp"

#include <gtest/gtest.h>

namespace notify::agent::backup {
namespace {

class Members final : public archive::MemberSink {
 public:
  Status Begin(const archive::Member& member) override {
    text += member.name + "=";
    return {};
  }
  Status Data(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Status End() override {
    text += ";";
    return {};
  }
  std::string text;
};

TEST(ArchiveWriter, WritesWhatAReaderProves) {
  ArchiveWriter writer(1'700'000'000);
  std::string bytes = writer.Whole("zero", "");
  bytes += writer.Begin({"pieces", 8});
  for (const std::string_view piece : {"one ", "two "}) {
    writer.Content(piece);
    bytes += piece;
  }
  bytes += writer.End();
  bytes += writer.Finish();
  Members members;
  archive::ArchiveReader reader(members);
  ASSERT_TRUE(reader.Feed(bytes));
  EXPECT_TRUE(reader.Finish());
  EXPECT_EQ(members.text, "zero=;pieces=one two ;");
}

}  // namespace
}  // namespace notify::agent::backup
