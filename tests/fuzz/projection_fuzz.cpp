// Definitions of projections, and events folded by them: up to the first line feed is the
// definition, behind it the data of events, a line each.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/projection/definition.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify;
  using namespace notify::agent::projection;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  const auto definition = ParseDefinition(text.substr(0, line), {});
  if (!definition) {
    if (definition.error().detail.empty()) std::abort();
    return 0;
  }
  // What is accepted is kept, and must come back as it was.
  const std::string kept = DefinitionJson(*definition);
  const auto again = ParseDefinition(kept, definition->name);
  if (!again || DefinitionJson(*again) != kept) std::abort();

  JsonValue state = JsonValue::Object();
  std::uint64_t sequence = 0;
  while (text.find('\n') != std::string_view::npos) {
    text.remove_prefix(text.find('\n') + 1);
    EventView event;
    event.type = "a.b";
    event.subject = "s";
    event.data_kind = DataKind::kJson;
    event.data = text.substr(0, text.find('\n'));
    const EventInHand hand(event, {Epoch{1}, Sequence{++sequence}}, 1);
    const auto change = ChangeOf(*definition, hand);
    if (!change || change->kind != Change::Kind::kUpdate) continue;
    const JsonValue before = state;
    const auto folded = FoldInto(*definition, hand, state);
    if (!folded && !(state == before)) std::abort();
    if (!JsonValue::Parse(state.Compact())) std::abort();
  }
  return 0;
}
