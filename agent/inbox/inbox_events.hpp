#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/flow/feedback.hpp"
#include "agent/inbox/item.hpp"
#include "agent/inbox/marking.hpp"
#include "common/model/event.hpp"

/// The events that inboxes are made of. Threads: any.
namespace notify::agent::inbox {

/// The item that a `notification.created` puts into a user's inbox; nothing where it is for no
/// user's inbox: another channel, or the whole tenant. Its times and sequence are the caller's to
/// fill in.
std::optional<Item> ReadCreated(const EventView& event);

/// What a `notification.read`, `.unread`, `.archived` or `.unarchived` says was done; nothing for
/// another type, or data that is not one of these.
std::optional<Marking> ReadMarking(const EventView& event);

/// The event that says what was done, and by whom (`user:alice`, as in the audit).
OwnEvent MarkingEvent(const Marking& marking, std::string_view actor);

}  // namespace notify::agent::inbox
