#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cli/history/byte_reader.hpp"

namespace notify::cli::history {

/// One row of a CSV text.
struct CsvRow {
  std::uint64_t line = 0;  ///< Of the text, from 1, on which the row begins.
  std::vector<std::string> fields;
  std::string raw;      ///< The row as it stands there, without its end.
  std::string problem;  ///< Why it is no row; empty where it is one.
};

/// Reads RFC 4180 to the letter, with line feeds alone as ends as well. A row that is not well
/// formed is a row with a problem, and reading goes on behind the next line feed. Own code, because
/// the one CSV library of Debian that reads piece by piece says neither where a row begins nor what
/// is wrong with it.
///
/// Threads: one at a time.
class CsvReader {
 public:
  /// `delimiter` is not a quote, a line feed or a carriage return.
  CsvReader(std::unique_ptr<Input> input, char delimiter)
      : bytes_(std::move(input)), delimiter_(delimiter) {}

  /// The next row that is not empty; false at the end. Errors as Input.
  Result<bool> Next(CsvRow& row);

  std::uint64_t bytes() const { return bytes_.taken(); }

 private:
  enum class State { kFieldStart, kPlain, kQuoted, kQuoteInQuoted, kAfterReturn, kSkip };

  bool Take(char c, CsvRow& row);
  void TakePlain(char c, CsvRow& row);
  void TakeBehindQuote(char c, CsvRow& row);
  void EndField(CsvRow& row);
  void Refuse(CsvRow& row, std::string problem);
  bool AtEnd(CsvRow& row);

  ByteReader bytes_;
  const char delimiter_;
  State state_ = State::kFieldStart;
  std::string field_;
  std::uint64_t line_ = 1;  // The one that is being read.
};

}  // namespace notify::cli::history
