// Any bytes as a traceparent: what is accepted is valid, and reads the same when written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "agent/telemetry/correlation_id.hpp"
#include "agent/telemetry/trace_context.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using notify::agent::telemetry::IsCorrelationId;
  using notify::agent::telemetry::TraceContext;
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  if (const auto context = TraceContext::Parse(header)) {
    const std::string written = context->ToHeader();
    const auto again = TraceContext::Parse(written);
    if (!again || !(*again == *context)) std::abort();
    // Version and flags aside, what was read is what is written.
    if (header.substr(2, 51) != std::string_view(written).substr(2, 51)) std::abort();
  }
  if (IsCorrelationId(header) && header.find_first_of("\r\n\"\\ ") != std::string_view::npos) {
    std::abort();
  }
  return 0;
}
