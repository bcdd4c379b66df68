#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace notify::cli::output {

/// Columns of UTF-8 text for people, aligned by what a terminal shows.
class Table {
 public:
  explicit Table(std::vector<std::string> titles) : titles_(std::move(titles)) {}

  /// Cells beyond the titles are dropped; control characters become spaces.
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  /// `width` > 0 cuts the last column so that a line fits; `bold` marks the titles for a terminal.
  std::string Render(int width, bool bold) const;

 private:
  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

/// How many columns a terminal needs for it, counting one a code point.
std::size_t DisplayWidth(std::string_view utf8);

/// At most `columns` of it, with `…` at the end where something was cut.
std::string CutToWidth(std::string_view utf8, std::size_t columns);

/// Control characters (an event's data may hold escape sequences) as spaces.
std::string WithoutControls(std::string text);

}  // namespace notify::cli::output
