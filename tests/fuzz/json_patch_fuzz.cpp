// JSON patches and merge patches: up to the first line feed is the patch, behind it the document.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/model/json_patch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const auto given = JsonValue::Parse(text.substr(0, line));
  const auto document = JsonValue::Parse(text.substr(line + 1));
  if (!given || !document) return 0;
  if (!EqualJson(*document, *document)) std::abort();

  JsonValue merged = *document;
  MergePatch(merged, *given);
  if (!JsonValue::Parse(merged.Compact())) std::abort();

  std::vector<FieldError> errors;
  const JsonPatch patch = JsonPatch::Parse(*given, "", errors);
  if (!errors.empty()) return 0;
  JsonValue patched = *document;
  const auto applied = patch.Apply(patched);
  if (!applied && !(patched == *document)) std::abort();
  if (!JsonValue::Parse(patched.Compact())) std::abort();
  return 0;
}
