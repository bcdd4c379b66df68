// A CSV text: whatever comes, cut anywhere, gives the same rows; a row is fields or a problem.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "cli/history/csv_reader.hpp"
#include "tests/unit/cli/history/text_input.hpp"

namespace {

using notify::cli::history::CsvReader;
using notify::cli::history::CsvRow;

std::vector<CsvRow> Read(const std::string& text, std::size_t piece) {
  CsvReader reader(notify::cli::testing_support::TextInput::Of(text, piece), ',');
  std::vector<CsvRow> rows;
  for (CsvRow row; reader.Next(row).value();) rows.push_back(row);
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto whole = Read(text, size);
  const auto pieces = Read(text, 1 + data[0] % 7);
  if (whole.size() != pieces.size()) std::abort();
  std::uint64_t line = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].fields != pieces[i].fields || whole[i].problem != pieces[i].problem) std::abort();
    if (whole[i].fields.empty() == whole[i].problem.empty()) std::abort();
    if (whole[i].line <= line) std::abort();
    line = whole[i].line;
  }
  return 0;
}
