#include "cli/event/tail_line.hpp"

#include "cli/output/table.hpp"
#include "cli/value.hpp"
#include "cli/yaml.hpp"

namespace notify::cli::event {
namespace {

std::string Padded(std::string text, std::size_t width) {
  const auto shown = output::DisplayWidth(text);
  if (shown < width) text.append(width - shown, ' ');
  return text;
}

std::string ForPeople(const Value& event, bool wide) {
  auto line = Padded(event.Text("recordedtime"), 24) + "  " + Padded(event.Text("sequence"), 6) +
              "  " + Padded(event.Text("type"), 20);
  const auto subject = event.Text("subject");
  if (!subject.empty()) line += "  " + subject;
  if (wide) line += "  " + event.Text("id") + "  " + event.Text("source");
  if (event.IsTrue("replayed")) line += "  (replayed)";
  return output::WithoutControls(line + "  " + event.Text("data")) + "\n";
}

}  // namespace

std::string TailLine(std::string_view envelope, output::Format format) {
  if (format == output::Format::kJson || format == output::Format::kNdjson) {
    return std::string(envelope) + "\n";
  }
  const auto event = Value::Parse(envelope);
  if (!event) return output::WithoutControls(std::string(envelope)) + "\n";
  if (format == output::Format::kName) return event->Text("id") + "\n";
  if (format == output::Format::kYaml) return "---\n" + ToYaml(*event);
  return ForPeople(*event, format == output::Format::kWide);
}

}  // namespace notify::cli::event
