#include "cli/output/table.hpp"

#include <gtest/gtest.h>

namespace notify::cli::output {
namespace {

TEST(Table, AlignsByWhatATerminalShows) {
  Table table({"ID", "NAME"});
  table.Add({"é", "x"});
  table.Add({"blue", ""});
  EXPECT_EQ(table.Render(0, false), "ID    NAME\né     x\nblue  -\n");
}

TEST(Table, CutsLinesToTheTerminal) {
  Table table({"ID", "TEXT"});
  table.Add({"a", "a long text that does not fit"});
  EXPECT_EQ(table.Render(12, false), "ID  TEXT\na   a long …\n");
}

TEST(Table, EscapeSequencesInDataNeverReachTheTerminal) {
  Table table({"DATA"});
  table.Add({"a\x1b[2Jb\n"});
  EXPECT_EQ(table.Render(0, false), "DATA\na [2Jb\n");
}

}  // namespace
}  // namespace notify::cli::output
