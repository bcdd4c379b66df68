#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/ingress/http/message.hpp"
#include "agent/store/database.hpp"
#include "common/clock.hpp"
#include "common/random.hpp"
#include "common/result.hpp"
#include "common/secret.hpp"

namespace notify::agent::ingress::rest {

/// A request that says how to know it again. Both are digests: neither the caller's key nor the
/// body is in the file.
struct KeyedRequest {
  std::string name;     ///< Of the `Idempotency-Key` and who sent it.
  std::string content;  ///< Of all that the request asks for.
};

/// An answer that was given, and to what.
struct GivenAnswer {
  std::string content;  ///< KeyedRequest::content of the request.
  Response response;
};

/// The answers of one tenant, or of the platform, that were given under an `Idempotency-Key`: each
/// for 24 h, at most kMost of them, the oldest going first. They are encrypted, because an answer
/// may have a secret in it that is shown once.
///
/// Lifetime: for one turn of the executor, as its database.
/// Threads:  the platform executor.
class AnswerTable {
 public:
  static constexpr std::chrono::hours kKept{24};
  static constexpr std::int64_t kMost = 100'000;
  /// A larger answer is not kept.
  static constexpr std::size_t kMostBytes = 256 << 10;

  /// What the tables need; the same for a tenant's file and the platform's.
  static const store::StageSchema kSchema;

  /// `owner` is the tenant's name, empty for the platform; with `key` (32 bytes) it is what opens
  /// the answers. All outlive the table.
  AnswerTable(store::Database& database, std::string_view owner, const Secret& key, Random& random)
      : database_(database), owner_(owner), key_(key), random_(random) {}

  /// The answer that was given under the name and is not older than kKept. kInternal where it
  /// cannot be read any more.
  Result<std::optional<GivenAnswer>> Find(const std::string& name, Clock::WallTime now);

  /// Durable when it returns. Drops what is older than kKept.
  Status Keep(const KeyedRequest& request, const Response& response, Clock::WallTime now);

 private:
  Status DropOld(std::int64_t now_ms);
  std::string Binding(std::string_view name) const;

  store::Database& database_;
  const std::string_view owner_;
  const Secret& key_;
  Random& random_;
};

}  // namespace notify::agent::ingress::rest
