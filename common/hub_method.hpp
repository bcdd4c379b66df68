#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace notify {

/// The hub's methods that clients call (contract 7).
enum class HubMethod : std::uint8_t {
  kJoinTenantGroup,
  kLeaveTenantGroup,
  kSubscribe,
  kUnsubscribe,
  kAck,
  kPublish,
  kPublishStream,
  kSendToUser,
  kSendToGroup,
  kBroadcast,
  kGroups,
  kStreamEvents,
  kResume,
  kSubscribePresence,
  kUnsubscribePresence,
  kInbox,
  kMarkRead,
  kMarkUnread,
  kArchive,
  kUnarchive,
};
inline constexpr std::size_t kHubMethods = 20;

/// `JoinTenantGroup`, …
std::string_view HubMethodName(HubMethod method);
/// The method of that name, letter by letter; nothing where there is none.
std::optional<HubMethod> HubMethodFromName(std::string_view name);
/// All names, in the order of the enumeration.
std::span<const std::string> HubMethodNames();

}  // namespace notify
