// Schemas as anyone may put them, and what they say of data: the compiler, the check, the rules.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/schema/compatibility.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify::schema;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  // A schema, a NUL, data or another schema.
  const auto cut = input.find('\0');
  const std::string_view rest = cut == std::string_view::npos ? "{}" : input.substr(cut + 1);
  const auto schema = JsonSchema::Compile(std::string(input.substr(0, cut)));
  if (!schema) {
    if (schema.error().errors.empty()) std::abort();
    return 0;
  }
  std::size_t steps = 0;
  const auto checked = (*schema)->Check(rest, &steps);
  // Never free, never more than its bytes allow.
  if (steps > 10'000 + 4 * rest.size()) std::abort();
  if (!checked && checked.error().errors.empty()) std::abort();
  const auto other = JsonSchema::Compile(std::string(rest));
  if (other) static_cast<void>(CheckCompatible(**schema, **other, Compatibility::kFull));
  // Whatever it is, it may follow itself, unless it cannot be compared.
  static_cast<void>(CheckCompatible(**schema, **schema, Compatibility::kFull));
  return 0;
}
