#include "common/archive/tar.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace notify::archive {
namespace {

/// Keeps what it is given, as lines.
class Listing final : public MemberSink {
 public:
  Status Begin(const Member& member) override {
    text += member.name + " " + std::to_string(member.size) + ":";
    return {};
  }
  Status Data(std::string_view bytes) override {
    text += bytes;
    return {};
  }
  Status End() override {
    text += "\n";
    return {};
  }
  std::string text;
};

std::string Packed(std::string_view name, std::string_view content) {
  return TarHeader({std::string(name), content.size()}, 1'700'000'000) + std::string(content) +
         TarPadding(content.size());
}

TEST(Tar, GivesBackWhatWasWritten) {
  Listing listing;
  TarReader reader(listing);
  const std::string block(512, 'x');
  ASSERT_TRUE(
      reader.Feed(Packed("a/b", "hello") + Packed("empty", "") + Packed("c", block) + TarEnd()));
  EXPECT_EQ(listing.text, "a/b 5:hello\nempty 0:\nc 512:" + block + "\n");
  EXPECT_TRUE(reader.done());
}

TEST(Tar, ReadsTheSameByteByByte) {
  Listing listing;
  TarReader reader(listing);
  for (const char c : Packed("a", "hello") + TarEnd()) ASSERT_TRUE(reader.Feed({&c, 1}));
  EXPECT_EQ(listing.text, "a 5:hello\n");
  EXPECT_TRUE(reader.done());
}

TEST(Tar, HoldsSizesThatNeedMoreThanElevenOctalDigits) {
  Listing listing;
  TarReader reader(listing);
  const std::uint64_t size = (1ULL << 40U) + 7;
  ASSERT_TRUE(reader.Feed(TarHeader({"huge", size}, 0)));
  EXPECT_EQ(listing.text, "huge 1099511627783:");
}

TEST(Tar, IsNotDoneWithoutItsEnd) {
  Listing listing;
  TarReader reader(listing);
  ASSERT_TRUE(reader.Feed(Packed("a", "hello")));
  EXPECT_FALSE(reader.done());
}

TEST(Tar, RefusesAHeaderThatWasChanged) {
  Listing listing;
  TarReader reader(listing);
  std::string bytes = Packed("a", "hello");
  bytes[0] = 'b';
  EXPECT_EQ(reader.Feed(bytes).error().code, Errc::kInvalidArgument);
}

TEST(Tar, RefusesWhatIsNoPlainFile) {
  Listing listing;
  TarReader reader(listing);
  std::string header = TarHeader({"link", 0}, 0);
  // A symbolic link; the sum grows by the difference of the types, in its last two octal digits.
  header[156] = '2';
  header[153] = static_cast<char>(header[153] + 2);
  EXPECT_FALSE(reader.Feed(header));
  EXPECT_EQ(listing.text, "");
}

TEST(Tar, RefusesWhatIsNoArchive) {
  Listing listing;
  TarReader reader(listing);
  EXPECT_FALSE(reader.Feed(std::string(512, 'x')));
}

}  // namespace
}  // namespace notify::archive
