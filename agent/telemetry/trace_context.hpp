#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/random.hpp"
#include "common/result.hpp"

namespace notify::agent::telemetry {

/// A position in a distributed trace: the `traceparent` header of W3C Trace Context, level 1.
/// Always valid: neither id is all zeros.
/// Threads: a value; const calls from any.
class TraceContext {
 public:
  using TraceId = std::array<std::uint8_t, 16>;
  using SpanId = std::array<std::uint8_t, 8>;

  /// kInvalidArgument where the text is not a traceparent: lower-case hexadecimal only, version
  /// 00 of exactly 55 characters, a later version (not ff) of 55 or more with `-` after them, no
  /// id of zeros. Flags other than `sampled` are dropped, as the specification asks of version 00.
  static Result<TraceContext> Parse(std::string_view header);

  /// The beginning of a trace. `sampled` tells those below whether to record it.
  static TraceContext New(Random& random, bool sampled);

  /// What a request runs in: below the caller's trace where its header is valid, otherwise at the
  /// beginning of a new one.
  static TraceContext Accept(std::string_view header, Random& random, bool sampled);

  /// A new span below this one, in the same trace: for the next hop.
  TraceContext Child(Random& random) const;

  /// The header to send, version 00, 55 characters.
  std::string ToHeader() const;

  /// 32 lower-case hexadecimal digits, for logs.
  std::string TraceIdText() const;

  const TraceId& trace_id() const { return trace_id_; }
  const SpanId& span_id() const { return span_id_; }
  bool sampled() const { return sampled_; }
  bool operator==(const TraceContext&) const = default;

 private:
  TraceContext() = default;

  TraceId trace_id_{};
  SpanId span_id_{};
  bool sampled_ = false;
};

}  // namespace notify::agent::telemetry
