#include "common/archive/sha256_stream.hpp"

#include <gtest/gtest.h>

#include "common/encoding.hpp"

namespace notify::archive {
namespace {

TEST(Sha256Stream, IsTheSameInPiecesAndWhole) {
  Sha256Stream stream;
  stream.Update("one ");
  stream.Update("");
  stream.Update("two");
  EXPECT_EQ(stream.Finish(), ToHex(Sha256("one two")));
}

TEST(Sha256Stream, BeginsAnewBehindEachResult) {
  Sha256Stream stream;
  stream.Update("first");
  stream.Finish();
  EXPECT_EQ(stream.Finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace notify::archive
