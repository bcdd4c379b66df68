#include "cli/output/table.hpp"

#include <algorithm>

namespace notify::cli::output {
namespace {

bool StartsCodePoint(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::string Line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 == cells.size()) break;
    line.append(widths[i] - DisplayWidth(cells[i]) + 2, ' ');
  }
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace

std::size_t DisplayWidth(std::string_view utf8) {
  return static_cast<std::size_t>(std::ranges::count_if(utf8, StartsCodePoint));
}

std::string CutToWidth(std::string_view utf8, std::size_t columns) {
  if (DisplayWidth(utf8) <= columns) return std::string(utf8);
  if (columns == 0) return {};
  std::size_t shown = 0;
  std::size_t end = 0;
  while (end < utf8.size()) {
    if (StartsCodePoint(utf8[end]) && ++shown == columns) break;
    ++end;
  }
  return std::string(utf8.substr(0, end)) + "…";
}

std::string WithoutControls(std::string text) {
  for (auto& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) c = ' ';
  }
  return text;
}

void Table::Add(std::vector<std::string> cells) {
  cells.resize(titles_.size());
  for (auto& cell : cells) cell = cell.empty() ? "-" : WithoutControls(std::move(cell));
  rows_.push_back(std::move(cells));
}

std::string Table::Render(int width, bool bold) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < titles_.size(); ++i) {
    auto widest = DisplayWidth(titles_[i]);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[i]));
    widths.push_back(widest);
  }
  const auto line = [&](const std::vector<std::string>& cells) {
    auto text = Line(cells, widths);
    return width > 0 ? CutToWidth(text, static_cast<std::size_t>(width)) : text;
  };
  std::string text = bold ? "\x1b[1m" + line(titles_) + "\x1b[0m\n" : line(titles_) + "\n";
  for (const auto& row : rows_) text += line(row) + "\n";
  return text;
}

}  // namespace notify::cli::output
