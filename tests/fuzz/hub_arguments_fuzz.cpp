// Arguments of hub methods, as any client may send them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/ingress/signalr/arguments.hpp"
#include "common/utf8.hpp"

namespace {

using notify::agent::hub::Filter;

constexpr std::uint64_t kMostNumber = (std::uint64_t{1} << 53) - 1;

void Must(bool holds) {
  if (!holds) std::abort();
}

void CheckTexts(const std::vector<std::string>& texts) {
  Must(texts.size() <= 100);
  for (const auto& text : texts) Must(!text.empty() && notify::IsUtf8(text));
}

void Check(const Filter& filter, const std::optional<notify::Position>& from) {
  CheckTexts(filter.types);
  CheckTexts(filter.topics);
  CheckTexts(filter.subjects);
  CheckTexts(filter.users);
  if (from) Must(from->epoch.value <= kMostNumber && from->sequence.value <= kMostNumber);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace signalr = notify::agent::ingress::signalr;
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  if (const auto argument = signalr::ReadSubscribe(json)) {
    Check(argument->filter, argument->from);
    Must(!argument->filter.types.empty() || !argument->filter.topics.empty());
    Must(notify::IsUtf8(argument->name));
    Must(argument->ack == !argument->name.empty());
  }
  if (const auto argument = signalr::ReadStream(json)) Check(argument->filter, argument->from);
  if (const auto position = signalr::ReadPosition(json, "the position")) {
    Must(position->epoch.value <= kMostNumber && position->sequence.value <= kMostNumber);
  }
  if (const auto text = signalr::ReadText(json, "the text")) Must(notify::IsUtf8(*text));
  return 0;
}
