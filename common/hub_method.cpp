#include "common/hub_method.hpp"

#include <algorithm>
#include <array>

namespace notify {

std::span<const std::string> HubMethodNames() {
  static const std::array<std::string, kHubMethods> names = {"JoinTenantGroup",
                                                             "LeaveTenantGroup",
                                                             "Subscribe",
                                                             "Unsubscribe",
                                                             "Ack",
                                                             "Publish",
                                                             "PublishStream",
                                                             "SendToUser",
                                                             "SendToGroup",
                                                             "Broadcast",
                                                             "Groups",
                                                             "StreamEvents",
                                                             "Resume",
                                                             "SubscribePresence",
                                                             "UnsubscribePresence",
                                                             "Inbox",
                                                             "MarkRead",
                                                             "MarkUnread",
                                                             "Archive",
                                                             "Unarchive"};
  return names;
}

std::string_view HubMethodName(HubMethod method) {
  return HubMethodNames()[static_cast<std::size_t>(method)];
}

std::optional<HubMethod> HubMethodFromName(std::string_view name) {
  const auto names = HubMethodNames();
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<HubMethod>(found - names.begin());
}

}  // namespace notify
