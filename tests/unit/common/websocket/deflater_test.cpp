#include "common/websocket/deflater.hpp"

#include <gtest/gtest.h>

#include "common/websocket/inflater.hpp"
#include "tests/unit/common/websocket/transcript.hpp"

namespace notify::websocket {
namespace {

std::string Deflate(Deflater& deflater, std::string_view message) {
  std::string out;
  deflater.Append(out, message);
  return out;
}

// Bytes that neither repeat nor shrink.
std::string Noise(std::size_t size) {
  std::string out;
  std::uint32_t state = 1;
  while (out.size() < size) {
    state = state * 1664525 + 1013904223;
    out += static_cast<char>(state >> 24);
  }
  return out;
}

std::string Inflated(std::string_view payload) {
  Inflater inflater;
  return Describe(inflater.Inflate({EventKind::kBinary, true, {}, payload}, 1 << 20));
}

TEST(Deflater, WritesWhatTheRfcShows) {
  Deflater deflater;
  EXPECT_EQ(Deflate(deflater, "Hello"), Bytes({0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00}));
  EXPECT_EQ(Deflate(deflater, ""), Bytes({0x00}));
}

TEST(Deflater, MakesEachMessageStandAlone) {
  Deflater deflater;
  const std::string first = Deflate(deflater, "Hello");
  Deflate(deflater, Noise(5000));
  EXPECT_EQ(Deflate(deflater, "Hello"), first);
}

TEST(Deflater, AppendsToWhatIsThere) {
  Deflater deflater;
  std::string out = "before";
  deflater.Append(out, "Hello");
  EXPECT_EQ(out, "before" + Deflate(deflater, "Hello"));
}

TEST(Deflater, ShrinksWhatRepeats) {
  Deflater deflater;
  EXPECT_LT(Deflate(deflater, std::string(100'000, 'x')).size(), 1000U);
}

TEST(Deflater, HardlyGrowsWhatDoesNotShrink) {
  Deflater deflater;
  const std::string noise = Noise(300'000);
  EXPECT_LT(Deflate(deflater, noise).size(), noise.size() + noise.size() / 250 + 16);
}

TEST(Deflater, IsUndoneByTheInflaterForEachWindowAndSize) {
  for (int window_bits = 9; window_bits <= 15; ++window_bits) {
    Deflater deflater(window_bits);
    for (const std::size_t size : {0U, 1U, 2U, 255U, 4096U, 65536U, 200'000U}) {
      EXPECT_EQ(Inflated(Deflate(deflater, Noise(size))), "binary:" + Noise(size)) << size;
      const std::string same(size, 'x');
      EXPECT_EQ(Inflated(Deflate(deflater, same)), "binary:" + same) << size;
    }
  }
}

TEST(Deflater, LooksBackNoFartherThanItsWindow) {
  const std::string far = Noise(600) + std::string(3000, '-') + Noise(600);
  Deflater narrow(9);
  Deflater wide(12);
  EXPECT_GT(Deflate(narrow, far).size(), Deflate(wide, far).size() + 500);
}

TEST(DeflatedFrame, IsWhatTheRfcShows) {
  Deflater deflater;
  const auto expected = Bytes({0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00});
  std::string frame;
  AppendFrame(frame, Opcode::kText, Deflate(deflater, "Hello"), true, Packing::kDeflated);
  EXPECT_EQ(frame, expected);
  std::string buffer(kHeaderRoom, '\0');
  deflater.Append(buffer, "Hello");
  EXPECT_EQ(FinishFrame(buffer, Opcode::kText, Packing::kDeflated), expected);
}

TEST(DeflatedFrame, OfAClientIsMaskedLikeAnyOther) {
  Deflater deflater;
  std::string frame;
  AppendMaskedFrame(frame, Opcode::kText, Deflate(deflater, "Hello"), kKey, true,
                    Packing::kDeflated);
  ReaderOptions options;
  options.rsv1_allowed = true;
  EXPECT_EQ(Read(frame, options), Transcript{"compressed text:" + Deflate(deflater, "Hello")});
}

}  // namespace
}  // namespace notify::websocket
