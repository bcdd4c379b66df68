#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/factory.hpp"

namespace notify::cli::top_level {

/// An answer as a benchmark needs it.
struct BenchAnswer {
  int status = 0;
  std::string_view body;  ///< Until the next call on the connection.
};

/// One kept-alive connection of a benchmark: requests made beforehand, answers hardly parsed, so
/// that the agent is measured and not the client.
///
/// Lifetime: owns its descriptor. Threads: one at a time.
class BenchConnection {
 public:
  explicit BenchConnection(int descriptor) : descriptor_(descriptor) {}
  ~BenchConnection();
  BenchConnection(const BenchConnection&) = delete;
  BenchConnection& operator=(const BenchConnection&) = delete;

  /// Begins a request of a head and a body, which several may share; both must live until the
  /// answer. kAgentUnreachable where the peer is gone.
  Status Send(std::string_view head, std::string_view body = {});
  /// Goes on with what could not be written. Errors as Send.
  Status Write();
  /// Reads; the answer when it is whole. kAgentUnreachable where the peer is gone, kInternal where
  /// it sends what no agent sends.
  Result<std::optional<BenchAnswer>> Read();

  int descriptor() const { return descriptor_; }
  bool writing() const { return !head_.empty() || !body_.empty(); }

  Clock::TimePoint started;  ///< For the caller: when this request began, or should have.
  std::int64_t tag = 0;      ///< For the caller: which request this is.

 private:
  Result<std::optional<BenchAnswer>> Complete();

  const int descriptor_;
  std::string_view head_;  // What is still to be sent, of both.
  std::string_view body_;
  std::string in_;
  std::size_t used_ = 0;  // Of `in_`, by the answer given last.
};

/// The head alone of such a POST, for a body of `size` bytes and another tenant; an empty one names
/// none.
Result<std::string> BenchHead(Factory& factory, std::string_view operation,
                              std::string_view content_type, std::size_t size,
                              const std::string& tenant);

/// The bytes of a POST to the agent's `operation`, with credential and tenant of this call. The
/// body's length is `body.size()`.
Result<std::string> BenchRequest(Factory& factory, std::string_view operation,
                                 std::string_view content_type, std::string_view body);

}  // namespace notify::cli::top_level
