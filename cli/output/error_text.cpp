#include "cli/output/error_text.hpp"

#include "cli/exit_code.hpp"
#include "cli/output/table.hpp"
#include "cli/value.hpp"
#include "common/units.hpp"

namespace notify::cli::output {

std::string ErrorText(const Error& error, std::string_view correlation_id, bool colour) {
  const auto& info = Describe(error.code);
  std::string text = colour ? "\x1b[31merror:\x1b[0m " : "error: ";
  text += WithoutControls(error.detail.empty() ? std::string(info.sentence) : error.detail) + "\n";
  for (const auto& field : error.errors) {
    text += "  " + WithoutControls(field.pointer);
    if (field.line > 0) text += " (line " + std::to_string(field.line) + ")";
    text += ": " + WithoutControls(field.detail) + "\n";
  }
  if (error.retry_after) text += "  try again in " + FormatDuration(*error.retry_after) + "\n";
  if (!error.hint.empty()) text += "  help: " + WithoutControls(error.hint) + "\n";
  if (!correlation_id.empty()) {
    text += "  correlation id: " + WithoutControls(std::string(correlation_id)) + "\n";
  }
  return text;
}

std::string ErrorJson(const Error& error, std::string_view correlation_id) {
  const auto& info = Describe(error.code);
  auto body = Value::Object();
  body.Set("code", info.name)
      .Set("message", error.detail.empty() ? std::string(info.sentence) : error.detail)
      .Set("hint", error.hint)
      .Set("correlationId", correlation_id.empty() ? Value{} : Value{correlation_id})
      .Set("exitCode", static_cast<int>(ExitCodeOf(error.code)));
  if (!error.errors.empty()) {
    auto errors = Value::Array();
    for (const auto& field : error.errors) {
      auto item = Value::Object();
      item.Set("pointer", field.pointer);
      if (field.line > 0) item.Set("line", field.line);
      errors.Add(std::move(item.Set("detail", field.detail)));
    }
    body.Set("errors", std::move(errors));
  }
  return Value::Object().Set("error", std::move(body)).Compact() + "\n";
}

}  // namespace notify::cli::output
