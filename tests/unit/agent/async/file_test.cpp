#include "agent/async/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/agent/async/worlds.hpp"

namespace notify::agent::async {
namespace {

/// What holds on the system's disk and on the simulated one.
template <typename World>
class FileSystemTest : public testing::Test {
 protected:
  using Mode = FileSystem::Mode;
  FileSystem& files() { return world_.runtime().files(); }
  std::string At(const std::string& name) { return world_.folder() + "/" + name; }
  std::unique_ptr<File> Create(const std::string& name) {
    return files().Open(At(name), Mode::kCreate).value();
  }
  void Write(const std::string& name, const std::string& text) {
    EXPECT_TRUE(Create(name)->WriteAt(0, text));
  }
  std::string Read(const std::string& name) {
    return files().ReadAll(At(name), 1 << 20).value_or("(error)");
  }
  Errc CodeOfOpen(const std::string& name, Mode mode) {
    const auto file = files().Open(At(name), mode);
    return file ? Errc::kConflict : file.error().code;
  }
  std::vector<std::string> Names(const std::string& name) {
    auto names = files().List(At(name)).value();
    std::sort(names.begin(), names.end());
    return names;
  }

  World world_;
};
using Worlds = testing::Types<SimWorld, RealWorld>;
TYPED_TEST_SUITE(FileSystemTest, Worlds);

TYPED_TEST(FileSystemTest, ReadsWhatWasWritten) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->WriteAt(0, "hello world"));
  EXPECT_TRUE(file->WriteAt(6, "there"));
  EXPECT_TRUE(file->Sync());
  EXPECT_EQ(this->Read("f"), "hello there");
}

TYPED_TEST(FileSystemTest, ReadsFewerBytesAtTheEnd) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->WriteAt(0, "12345"));
  std::string into(10, '.');
  EXPECT_EQ(file->ReadAt(3, into).value(), 2U);
  EXPECT_EQ(into.substr(0, 3), "45.");
  EXPECT_EQ(file->ReadAt(5, into).value(), 0U);
  EXPECT_EQ(file->ReadAt(500, into).value(), 0U);
}

TYPED_TEST(FileSystemTest, AHoleReadsAsZeros) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->WriteAt(5000, "x"));
  EXPECT_EQ(file->Size().value(), 5001U);
  EXPECT_EQ(this->Read("f"), std::string(5000, '\0') + "x");
}

TYPED_TEST(FileSystemTest, AppendWritesAtTheEnd) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->Append("one "));
  EXPECT_TRUE(file->Append("two"));
  EXPECT_EQ(this->Read("f"), "one two");
}

TYPED_TEST(FileSystemTest, TruncateShortensAndLengthens) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->WriteAt(0, "12345"));
  EXPECT_TRUE(file->Truncate(2));
  EXPECT_TRUE(file->Truncate(4));
  EXPECT_EQ(this->Read("f"), std::string("12\0\0", 4));
}

TYPED_TEST(FileSystemTest, PreallocateLengthensOnly) {
  const auto file = this->Create("f");
  EXPECT_TRUE(file->WriteAt(0, "12345"));
  EXPECT_TRUE(file->Preallocate(2));
  EXPECT_EQ(file->Size().value(), 5U);
  EXPECT_TRUE(file->Preallocate(8192));
  EXPECT_EQ(file->Size().value(), 8192U);
}

TYPED_TEST(FileSystemTest, OpensByItsMode) {
  using Mode = FileSystem::Mode;
  EXPECT_EQ(this->CodeOfOpen("none", Mode::kRead), Errc::kNotFound);
  EXPECT_EQ(this->CodeOfOpen("none", Mode::kWrite), Errc::kNotFound);
  EXPECT_EQ(this->CodeOfOpen("none/f", Mode::kCreate), Errc::kNotFound);
  this->Write("f", "kept");
  EXPECT_TRUE(this->files().Open(this->At("f"), Mode::kCreate));
  EXPECT_EQ(this->Read("f"), "kept");
}

TYPED_TEST(FileSystemTest, RefusesToWriteWhatWasOpenedToRead) {
  this->Write("f", "kept");
  const auto file = this->files().Open(this->At("f"), FileSystem::Mode::kRead).value();
  EXPECT_EQ(file->WriteAt(0, "x").error().code, Errc::kInternal);
  EXPECT_FALSE(file->Truncate(0));
  EXPECT_EQ(this->Read("f"), "kept");
}

TYPED_TEST(FileSystemTest, RefusesAFolderAsAFile) {
  EXPECT_TRUE(this->files().MakeFolder(this->At("d")));
  EXPECT_EQ(this->CodeOfOpen("d", FileSystem::Mode::kWrite), Errc::kInternal);
}

TYPED_TEST(FileSystemTest, MakesFoldersWithThoseAbove) {
  EXPECT_TRUE(this->files().MakeFolder(this->At("a/b/c")));
  EXPECT_TRUE(this->files().MakeFolder(this->At("a/b/c")));
  EXPECT_TRUE(this->files().SyncFolder(this->At("a/b")));
  this->Write("a/b/c/f", "deep");
  EXPECT_EQ(this->Read("a/b/c/f"), "deep");
}

TYPED_TEST(FileSystemTest, MakesNoFolderOverAFile) {
  this->Write("f", "kept");
  EXPECT_FALSE(this->files().MakeFolder(this->At("f")));
  EXPECT_FALSE(this->files().MakeFolder(this->At("f/below")));
}

TYPED_TEST(FileSystemTest, RenameReplaces) {
  this->Write("from", "new");
  this->Write("to", "old");
  EXPECT_TRUE(this->files().Rename(this->At("from"), this->At("to")));
  EXPECT_EQ(this->Read("to"), "new");
  EXPECT_FALSE(this->files().Exists(this->At("from")));
}

TYPED_TEST(FileSystemTest, RenameMovesAFolderWithItsContent) {
  EXPECT_TRUE(this->files().MakeFolder(this->At("a/b")));
  this->Write("a/b/f", "inside");
  EXPECT_TRUE(this->files().Rename(this->At("a"), this->At("z")));
  EXPECT_EQ(this->Read("z/b/f"), "inside");
}

TYPED_TEST(FileSystemTest, RenameRefusesWhatCannotBe) {
  this->Write("f", "x");
  EXPECT_TRUE(this->files().MakeFolder(this->At("d/e")));
  const auto rename = [&](const char* from, const char* to) {
    const Status done = this->files().Rename(this->At(from), this->At(to));
    return done ? Errc::kConflict : done.error().code;
  };
  EXPECT_EQ(rename("none", "x"), Errc::kNotFound);
  EXPECT_EQ(rename("f", "none/f"), Errc::kNotFound);
  EXPECT_EQ(rename("f", "d"), Errc::kInternal);
  EXPECT_EQ(rename("d", "f"), Errc::kInternal);
  EXPECT_EQ(rename("f", "f"), Errc::kConflict) << "fine: nothing to do";
}

TYPED_TEST(FileSystemTest, RemovesFilesFoldersAndNothing) {
  EXPECT_TRUE(this->files().MakeFolder(this->At("a/b")));
  this->Write("a/b/f", "x");
  EXPECT_TRUE(this->files().Remove(this->At("a")));
  EXPECT_FALSE(this->files().Exists(this->At("a")));
  EXPECT_TRUE(this->files().Remove(this->At("a")));
}

TYPED_TEST(FileSystemTest, ListsNames) {
  EXPECT_TRUE(this->files().MakeFolder(this->At("d/sub")));
  this->Write("d/one", "");
  this->Write("d/two", "");
  EXPECT_EQ(this->Names("d"), (std::vector<std::string>{"one", "sub", "two"}));
  EXPECT_EQ(this->files().List(this->At("none")).error().code, Errc::kNotFound);
  EXPECT_EQ(this->files().List(this->At("d/one")).error().code, Errc::kInternal);
}

TYPED_TEST(FileSystemTest, SyncsOnlyFoldersThatAreThere) {
  this->Write("f", "");
  EXPECT_EQ(this->files().SyncFolder(this->At("none")).error().code, Errc::kNotFound);
  EXPECT_EQ(this->files().SyncFolder(this->At("f")).error().code, Errc::kInternal);
}

TYPED_TEST(FileSystemTest, ReadAllHasALimit) {
  this->Write("f", "12345");
  EXPECT_EQ(this->files().ReadAll(this->At("f"), 5).value(), "12345");
  EXPECT_EQ(this->files().ReadAll(this->At("f"), 4).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(this->files().ReadAll(this->At("none"), 4).error().code, Errc::kNotFound);
}

TYPED_TEST(FileSystemTest, WriteDurablyReplacesTheWholeFile) {
  this->Write("f", "a long old text");
  EXPECT_TRUE(this->files().WriteDurably(this->At("f"), "new"));
  EXPECT_EQ(this->Read("f"), "new");
  EXPECT_EQ(this->Names(""), std::vector<std::string>{"f"});
}

}  // namespace
}  // namespace notify::agent::async
