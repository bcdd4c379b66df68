#include "cli/history/csv_reader.hpp"

#include "cli/history/record_source.hpp"

namespace notify::cli::history {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kMostFields = 4096;

bool IsEmpty(const CsvRow& row) {
  return row.problem.empty() && row.raw.empty() && row.fields.size() == 1;
}

}  // namespace

Result<bool> CsvReader::Next(CsvRow& row) {
  row = CsvRow{.line = line_};
  for (;;) {
    const auto piece = bytes_.Peek();
    if (!piece) return piece.error();
    const bool ended = piece->empty();
    std::size_t used = 0;
    bool whole = ended;
    if (ended && !AtEnd(row)) return false;
    while (used < piece->size() && !whole) whole = Take((*piece)[used++], row);
    bytes_.Take(used);
    if (!whole) continue;
    if (!row.raw.empty() && row.raw.back() == '\r') row.raw.pop_back();
    if (!IsEmpty(row)) return true;
    row = CsvRow{.line = line_};
  }
}

// True where the row is whole.
bool CsvReader::Take(char c, CsvRow& row) {
  if (c == '\n') ++line_;
  const bool ends = c == '\n' && state_ != State::kQuoted;
  if (ends) {
    if (state_ != State::kSkip) EndField(row);
    state_ = State::kFieldStart;
    return true;
  }
  if (state_ != State::kSkip && row.raw.size() == kMostRecordBytes) {
    Refuse(row, "The row is longer than " + std::to_string(kMostRecordBytes) +
                    " bytes; is a quote not closed?");
  }
  if (state_ == State::kSkip && row.raw.size() == kMostRecordBytes) return false;
  row.raw += c;
  if (row.line == 1 && row.raw == kByteOrderMark && row.fields.empty()) {
    row.raw.clear();
    field_.clear();
    state_ = State::kFieldStart;
    return false;
  }
  TakePlain(c, row);
  return false;
}

void CsvReader::TakePlain(char c, CsvRow& row) {
  switch (state_) {
    case State::kSkip:
      return;
    case State::kAfterReturn:
      Refuse(row, "A carriage return stands in it without a line feed.");
      return;
    case State::kQuoteInQuoted:
      TakeBehindQuote(c, row);
      return;
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuoteInQuoted;
      } else {
        field_ += c;
      }
      return;
    case State::kFieldStart:
      if (c == '"') {
        state_ = State::kQuoted;
        return;
      }
      state_ = State::kPlain;
      [[fallthrough]];
    case State::kPlain:
      if (c == delimiter_) {
        state_ = State::kFieldStart;
        EndField(row);
      } else if (c == '\r') {
        state_ = State::kAfterReturn;
      } else if (c == '"') {
        Refuse(row, "A quote stands inside field " + std::to_string(row.fields.size() + 1) +
                        ", which does not begin with one.");
      } else {
        field_ += c;
      }
      return;
  }
}

void CsvReader::TakeBehindQuote(char c, CsvRow& row) {
  if (c == '"') {
    field_ += '"';
    state_ = State::kQuoted;
  } else if (c == delimiter_) {
    state_ = State::kFieldStart;
    EndField(row);
  } else if (c == '\r') {
    state_ = State::kAfterReturn;
  } else {
    Refuse(row, "Text follows the closing quote of field " + std::to_string(row.fields.size() + 1) +
                    ".");
  }
}

void CsvReader::EndField(CsvRow& row) {
  if (row.fields.size() == kMostFields) {
    Refuse(row, "The row has more than " + std::to_string(kMostFields) + " fields.");
    return;
  }
  row.fields.push_back(std::exchange(field_, {}));
}

void CsvReader::Refuse(CsvRow& row, std::string problem) {
  row.problem = std::move(problem);
  row.fields.clear();
  field_.clear();
  state_ = State::kSkip;
}

// The last row needs no line feed. False where there is none.
bool CsvReader::AtEnd(CsvRow& row) {
  const State state = std::exchange(state_, State::kFieldStart);
  if (row.raw.empty() && row.problem.empty()) return false;
  if (state == State::kQuoted) {
    Refuse(row, "The file ends inside a quoted field.");
    state_ = State::kFieldStart;
  } else if (state != State::kSkip) {
    EndField(row);
    state_ = State::kFieldStart;
  }
  return true;
}

}  // namespace notify::cli::history
