// Bodies of POST /api/events/replay.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/replay/request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify::agent;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto request = replay::ParseRequest(text, {});
  if (!request ||
      (request->target.kind == replay::Target::Kind::kNone && !request->fire_triggers)) {
    return 0;
  }
  // What is accepted is kept, and must come back as it was.
  const std::string kept = replay::RequestJson(*request);
  const auto again = replay::ParseStoredRequest(kept);
  if (!again || replay::RequestJson(*again) != kept) std::abort();
  return 0;
}
