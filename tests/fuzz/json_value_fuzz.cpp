// JSON that keeps digits, order and duplicates: refused with a sentence, or printed so that it
// reads back the same.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/model/json_value.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using notify::JsonValue;
  const auto value = JsonValue::Parse({reinterpret_cast<const char*>(data), size});
  if (!value) {
    if (value.error().detail.empty()) std::abort();
    return 0;
  }
  for (const auto& text : {value->Compact(), value->Pretty()}) {
    const auto again = JsonValue::Parse(text);
    if (!again || !(*again == *value)) std::abort();
  }
  return 0;
}
