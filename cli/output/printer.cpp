#include "cli/output/printer.hpp"

#include <algorithm>

#include "cli/output/table.hpp"
#include "cli/yaml.hpp"

namespace notify::cli::output {
namespace {

const std::vector<Value>& ItemsOf(const Value& page) {
  static const std::vector<Value> kNone;
  const auto* items = page.Find("items");
  return items == nullptr ? kNone : items->items();
}

std::string Lines(const Value& object, std::span<const Column> columns) {
  std::size_t width = 0;
  for (const auto& column : columns) {
    if (!object.Text(column.path).empty()) width = std::max(width, column.title.size());
  }
  std::string text;
  for (const auto& column : columns) {
    const auto value = WithoutControls(object.Text(column.path));
    if (value.empty()) continue;
    text += std::string(column.title) + std::string(width - column.title.size() + 2, ' ') + value;
    text += '\n';
  }
  return text;
}

Table MakeTable(const std::vector<Value>& items, std::span<const Column> columns, bool wide) {
  std::vector<std::string> titles;
  for (const auto& column : columns) {
    if (wide || !column.wide_only) titles.emplace_back(column.title);
  }
  Table table(std::move(titles));
  for (const auto& item : items) {
    std::vector<std::string> cells;
    for (const auto& column : columns) {
      if (wide || !column.wide_only) cells.push_back(item.Text(column.path));
    }
    table.Add(std::move(cells));
  }
  return table;
}

}  // namespace

void Printer::Object(const Value& object, std::span<const Column> columns,
                     std::string_view name_path) {
  switch (format_) {
    case Format::kTable:
    case Format::kWide:
      streams_.Out(Lines(object, columns));
      return;
    case Format::kJson:
      streams_.Out(object.Pretty() + "\n");
      return;
    case Format::kYaml:
      streams_.Out(ToYaml(object));
      return;
    case Format::kNdjson:
      streams_.Out(object.Compact() + "\n");
      return;
    case Format::kName:
      streams_.Out(object.Text(name_path) + "\n");
      return;
  }
}

void Printer::List(const Value& page, std::span<const Column> columns, std::string_view name_path,
                   std::string_view empty) {
  const auto& items = ItemsOf(page);
  switch (format_) {
    case Format::kTable:
    case Format::kWide: {
      if (items.empty()) {
        Note(empty);
        return;
      }
      const int width = streams_.out_is_terminal() ? streams_.width() : 0;
      const auto table = MakeTable(items, columns, format_ == Format::kWide);
      streams_.Out(table.Render(format_ == Format::kWide ? 0 : width, streams_.colour()));
      if (!page.Text("next").empty()) {
        Note("These are " + std::to_string(items.size()) +
             ", and there are more: ask for them with --limit.");
      }
      return;
    }
    case Format::kJson:
      streams_.Out(page.Pretty() + "\n");
      return;
    case Format::kYaml:
      streams_.Out(ToYaml(page));
      return;
    case Format::kNdjson:
      for (const auto& item : items) streams_.Out(item.Compact() + "\n");
      return;
    case Format::kName:
      for (const auto& item : items) streams_.Out(item.Text(name_path) + "\n");
      return;
  }
}

void Printer::Note(std::string_view sentence) {
  if (!machine_readable() && !sentence.empty()) streams_.Err(std::string(sentence) + "\n");
}

}  // namespace notify::cli::output
