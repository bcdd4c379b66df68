#include "common/secret.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace notify {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!Printable<Secret>, "a secret cannot be printed");

TEST(Secret, ComparesWithWhatItHolds) {
  const Secret secret("hunter2");
  EXPECT_TRUE(secret.Equals("hunter2"));
  EXPECT_FALSE(secret.Equals("hunter3"));
  EXPECT_FALSE(secret.Equals("hunter"));
}

TEST(Secret, MovingLeavesNothingBehind) {
  Secret from("short");
  const Secret to(std::move(from));
  EXPECT_TRUE(to.Equals("short"));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the question.
}

}  // namespace
}  // namespace notify
