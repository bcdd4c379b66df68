#include "cli/hub/lines.hpp"

#include "cli/output/table.hpp"
#include "cli/value.hpp"
#include "cli/yaml.hpp"
#include "common/json_text.hpp"

namespace notify::cli::hub {
namespace {

constexpr std::size_t kMethodWidth = 20;

std::string Json(const client::HubCall& call) {
  std::string text = R"({"method":)";
  AppendJsonString(text, call.method);
  text += R"(,"arguments":[)";
  for (const auto& argument : call.arguments) {
    if (text.back() != '[') text += ',';
    text += argument;
  }
  return text + "]}";
}

std::string ForPeople(const client::HubCall& call) {
  auto line = call.method;
  const auto width = output::DisplayWidth(line);
  if (width < kMethodWidth) line.append(kMethodWidth - width, ' ');
  for (const auto& argument : call.arguments) line += "  " + argument;
  return output::WithoutControls(line) + "\n";
}

Value ValueOf(const std::string& json) { return Value::Parse(json).value_or(Value{json}); }

}  // namespace

std::string CallLine(const client::HubCall& call, output::Format format) {
  switch (format) {
    case output::Format::kJson:
    case output::Format::kNdjson:
      return Json(call) + "\n";
    case output::Format::kYaml:
      return "---\n" + ToYaml(ValueOf(Json(call)));
    case output::Format::kName:
      return output::WithoutControls(call.method) + "\n";
    case output::Format::kTable:
    case output::Format::kWide:
      return ForPeople(call);
  }
  return {};
}

std::string ItemLine(const std::string& item, output::Format format) {
  if (format == output::Format::kJson || format == output::Format::kNdjson) return item + "\n";
  if (format == output::Format::kYaml) return "---\n" + ToYaml(ValueOf(item));
  return output::WithoutControls(ValueOf(item).Text()) + "\n";
}

std::string ResultText(const std::optional<std::string>& result, output::Format format) {
  const bool people = !output::IsMachineReadable(format);
  if (!result && (people || format == output::Format::kName)) return {};
  const auto value = ValueOf(result.value_or("null"));
  if (format == output::Format::kNdjson) return value.Compact() + "\n";
  if (format == output::Format::kYaml) return ToYaml(value);
  const bool plain = !value.is_object() && !value.is_array();
  if (plain && format != output::Format::kJson) {
    return output::WithoutControls(value.Text()) + "\n";
  }
  return value.Pretty() + "\n";
}

}  // namespace notify::cli::hub
