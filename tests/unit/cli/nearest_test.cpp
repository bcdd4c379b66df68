#include "cli/nearest.hpp"

#include <gtest/gtest.h>

namespace notify::cli {
namespace {

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(Nearest("tenat", {"token", "tenant"}), "tenant");
  EXPECT_EQ(Nearest("hosst", {"hosts", "config"}), "hosts");
}

TEST(Nearest, FindsNothingWhereNothingIsNear) {
  EXPECT_EQ(Nearest("zzzzzz", {"tenant"}), "");
  EXPECT_EQ(Nearest("x", {}), "");
}

}  // namespace
}  // namespace notify::cli
