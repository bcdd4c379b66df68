#include "common/archive/archive_reader.hpp"

#include <gtest/gtest.h>

#include "common/encoding.hpp"

namespace notify::archive {
namespace {

class Names final : public MemberSink {
 public:
  Status Begin(const Member& member) override {
    names += member.name + ";";
    return {};
  }
  Status Data(std::string_view) override { return {}; }
  Status End() override { return {}; }
  std::string names;
};

std::string Packed(std::string_view name, std::string_view content) {
  return TarHeader({std::string(name), content.size()}, 0) + std::string(content) +
         TarPadding(content.size());
}

std::string Line(std::string_view name, std::string_view content) {
  return ToHex(Sha256(content)) + "  " + std::string(name) + "\n";
}

/// Reads `bytes` whole: what Feed or Finish says.
Status Read(const std::string& bytes) {
  Names names;
  ArchiveReader reader(names);
  if (auto fed = reader.Feed(bytes); !fed) return fed;
  return reader.Finish();
}

const std::string kA = Packed("a", "hello");
const std::string kB = Packed("b", "world");
const std::string kSums = Packed(kChecksumsName, Line("a", "hello") + Line("b", "world"));

TEST(ArchiveReader, ProvesEveryMember) {
  Names names;
  ArchiveReader reader(names);
  ASSERT_TRUE(reader.Feed(kA + kB + kSums + TarEnd()));
  EXPECT_TRUE(reader.Finish());
  EXPECT_EQ(names.names, "a;b;");
}

TEST(ArchiveReader, NamesTheMemberThatWasChanged) {
  const auto read = Read(kA + Packed("b", "worlt") + kSums + TarEnd());
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().detail.find("checksum of b"), std::string::npos);
}

TEST(ArchiveReader, RefusesAnArchiveThatIsCutOffAnywhere) {
  const std::string whole = kA + kB + kSums + TarEnd();
  for (std::size_t size = 0; size + 1024 < whole.size(); size += 256) {
    EXPECT_FALSE(Read(whole.substr(0, size))) << size;
  }
}

TEST(ArchiveReader, RefusesAMissingMember) { EXPECT_FALSE(Read(kA + kSums + TarEnd())); }

TEST(ArchiveReader, RefusesAMemberTwice) { EXPECT_FALSE(Read(kA + kA + kSums + TarEnd())); }

TEST(ArchiveReader, RefusesMembersBehindTheChecksums) {
  EXPECT_FALSE(Read(kA + kB + kSums + Packed("c", "") + TarEnd()));
}

}  // namespace
}  // namespace notify::archive
