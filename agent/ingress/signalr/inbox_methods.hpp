#pragma once

#include "agent/ingress/signalr/methods.hpp"

/// The hub's methods of inboxes: each connection reads and changes that of its own user.
/// kForbidden where its credential is of no user, kFeatureDisabled where notifications are off.
namespace notify::agent::ingress::signalr {

/// `Inbox({state?, limit?, cursor?})`: `{items, next, unread}`.
async::Task<Result<std::string>> ReadInbox(HubConnection& connection, Arguments arguments);

/// `MarkRead`, `MarkUnread`, `Archive`, `Unarchive` of `{ids}` or `{upTo}`: `{changed, unread}`.
async::Task<Result<std::string>> MarkRead(HubConnection& connection, Arguments arguments);
async::Task<Result<std::string>> MarkUnread(HubConnection& connection, Arguments arguments);
async::Task<Result<std::string>> Archive(HubConnection& connection, Arguments arguments);
async::Task<Result<std::string>> Unarchive(HubConnection& connection, Arguments arguments);

}  // namespace notify::agent::ingress::signalr
