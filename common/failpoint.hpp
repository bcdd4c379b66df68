#pragma once

/// Faults that are planted on purpose, to prove that a test would notice them. They exist in builds
/// with NOTIFY_FAILPOINTS only: elsewhere `NOTIFY_FAILPOINT(kX)` is `false`, and neither code nor
/// name of it is in the program.
///
///     if (NOTIFY_FAILPOINT(kAcknowledgeUnproven)) …
#if defined(NOTIFY_FAILPOINTS)

#include <cstdint>
#include <optional>
#include <string_view>

namespace notify {

/// A fault, and what it does.
enum class Failpoint : std::uint8_t {
  kAcknowledgeUnproven,  ///< The log acknowledges and shows what its commit did not prove.
  kForgetDuplicates,     ///< The log forgets at a restart which ids it has.
  kSkipSync,             ///< The journal's commits are not synced.
  kMixTenants,           ///< The hub puts a client into whatever tenant's room is there.
  kResumeTooEarly,       ///< The hub resumes with the event that was seen last.
  kCursorBeforeAppend,   ///< Delivery moves its cursor before the log has what it did.
  kSessionForgets,       ///< A hub session is resumed where the log is, not where its client was.
  kSessionAhead,         ///< A hub session counts as arrived what is on its way.
  kRepeatUnmarked,       ///< What a resumed hub session sends again does not say so.
};

/// The name of a fault, as in `eventlog.acknowledge_unproven`.
std::string_view NameOf(Failpoint failpoint);
/// The fault of that name.
std::optional<Failpoint> FailpointNamed(std::string_view name);

/// Plants one fault instead of all that were planted; nothing: takes them away. The variable
/// NOTIFY_FAILPOINT of the environment plants one from the start. Threads: any.
void Plant(std::optional<Failpoint> failpoint);
/// Whether it is planted. Threads: any.
bool Planted(Failpoint failpoint);

}  // namespace notify

#define NOTIFY_FAILPOINT(name) (::notify::Planted(::notify::Failpoint::name))

#else

#define NOTIFY_FAILPOINT(name) false

#endif
