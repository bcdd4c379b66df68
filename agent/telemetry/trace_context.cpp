#include "agent/telemetry/trace_context.hpp"

#include <algorithm>
#include <span>

#include "common/encoding.hpp"

namespace notify::agent::telemetry {
namespace {

// version-traceid-parentid-flags: 00-<32>-<16>-<2>.
constexpr std::size_t kVersionLength = 2;
constexpr std::size_t kTraceIdAt = 3;
constexpr std::size_t kSpanIdAt = 36;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kLength = 55;
constexpr std::uint8_t kSampled = 1;

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool ReadHex(std::string_view text, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = HexDigit(text[2 * i]);
    const int low = HexDigit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return true;
}

bool IsZero(std::span<const std::uint8_t> id) {
  return std::ranges::all_of(id, [](std::uint8_t byte) { return byte == 0; });
}

void FillId(Random& random, std::span<std::uint8_t> id) {
  random.Fill(std::as_writable_bytes(id));
  // The specification forbids an id of zeros.
  if (IsZero(id)) id.back() = 1;
}

std::string Hex(std::span<const std::uint8_t> id) {
  return ToHex({reinterpret_cast<const char*>(id.data()), id.size()});
}

Error NotATraceparent(std::string_view why) {
  return Fail(Errc::kInvalidArgument, "traceparent: " + std::string(why));
}

}  // namespace

Result<TraceContext> TraceContext::Parse(std::string_view header) {
  if (header.size() < kLength) return NotATraceparent("shorter than 55 characters");
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (header[kVersionLength] != '-' || header[kSpanIdAt - 1] != '-' ||
      header[kFlagsAt - 1] != '-' || !ReadHex(header, version) ||
      !ReadHex(header.substr(kTraceIdAt), context.trace_id_) ||
      !ReadHex(header.substr(kSpanIdAt), context.span_id_) ||
      !ReadHex(header.substr(kFlagsAt), flags)) {
    return NotATraceparent("not of the form 00-<32 hex>-<16 hex>-<2 hex>, in lower case");
  }
  if (version[0] == 0xFF) return NotATraceparent("version ff is forbidden");
  if (version[0] == 0 && header.size() > kLength) {
    return NotATraceparent("longer than the 55 characters of version 00");
  }
  if (header.size() > kLength && header[kLength] != '-') {
    return NotATraceparent("what follows the 55 characters does not begin with '-'");
  }
  if (IsZero(context.trace_id_) || IsZero(context.span_id_)) {
    return NotATraceparent("an id of zeros");
  }
  context.sampled_ = (flags[0] & kSampled) != 0;
  return context;
}

TraceContext TraceContext::New(Random& random, bool sampled) {
  TraceContext context;
  FillId(random, context.trace_id_);
  FillId(random, context.span_id_);
  context.sampled_ = sampled;
  return context;
}

TraceContext TraceContext::Accept(std::string_view header, Random& random, bool sampled) {
  const auto parent = Parse(header);
  return parent ? parent->Child(random) : New(random, sampled);
}

TraceContext TraceContext::Child(Random& random) const {
  TraceContext child = *this;
  FillId(random, child.span_id_);
  return child;
}

std::string TraceContext::ToHeader() const {
  return "00-" + Hex(trace_id_) + "-" + Hex(span_id_) + (sampled_ ? "-01" : "-00");
}

std::string TraceContext::TraceIdText() const { return Hex(trace_id_); }

}  // namespace notify::agent::telemetry
