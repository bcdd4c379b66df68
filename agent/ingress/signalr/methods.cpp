#include "agent/ingress/signalr/methods.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>
#include <vector>

#include "agent/hub/own_methods.hpp"
#include "agent/ingress/signalr/arguments.hpp"
#include "agent/ingress/signalr/inbox_methods.hpp"
#include "common/json_text.hpp"
#include "common/model/event_parser.hpp"
#include "common/model/gap.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using Answer = Result<std::string>;
using auth::Permission;

constexpr std::string_view kStreamEvents = "StreamEvents";
// Of a PublishStream: what an answer tells of refused items, at most.
constexpr std::size_t kMaxRejectedBytes = 64 << 10;

void AppendMember(std::string& out, std::string_view name, std::string_view value) {
  out += out.empty() ? '{' : ',';
  AppendJsonString(out, name);
  out += ':';
  out += value;
}

std::string Text(std::string_view text) {
  std::string json;
  AppendJsonString(json, text);
  return json;
}

template <typename Texts>
std::string TextArray(const Texts& texts) {
  std::string json = "[";
  for (const auto& text : texts) {
    if (json.size() > 1) json += ',';
    AppendJsonString(json, text);
  }
  return json + "]";
}

void AppendPosition(std::string& out, const Position& position) {
  AppendMember(out, "epoch", std::to_string(position.epoch.value));
  AppendMember(out, "sequence", std::to_string(position.sequence.value));
}

Answer CheckOwnTenant(HubConnection& connection, std::string_view argument, std::string action) {
  auto name = ReadText(argument, "The tenant");
  if (!name) return name.error();
  if (*name == connection.tenant().id().text()) return std::string();
  // One and the same sentence whether the other tenant exists or not.
  Error error = Fail(Errc::kForbidden, "A connection can be in its own tenant's group only.");
  connection.AuditRefusal(std::move(action), name->substr(0, 100), error);
  return error;
}

async::Task<Answer> JoinTenantGroup(HubConnection& connection, Arguments arguments) {
  auto own = CheckOwnTenant(connection, arguments[0], "hub.join");
  if (own) connection.shard().SetInTenantGroup(connection.client(), true);
  co_return own;
}

async::Task<Answer> LeaveTenantGroup(HubConnection& connection, Arguments arguments) {
  auto own = CheckOwnTenant(connection, arguments[0], "hub.leave");
  if (own) connection.shard().SetInTenantGroup(connection.client(), false);
  co_return own;
}

async::Task<Answer> Subscribe(HubConnection& connection, Arguments arguments) {
  auto argument = ReadSubscribe(arguments[0]);
  if (!argument) co_return argument.error();
  if ((argument->from || argument->ack) &&
      connection.tenant().record().settings.payload == HubPayload::kData) {
    co_return Fail(Errc::kEnvelopeRequired,
                   "This tenant's clients get bare data, which has no position to resume from.");
  }
  hub::HubShard& shard = connection.shard();
  const hub::ClientPtr& client = connection.client();
  auto beginning = argument->ack
                       ? shard.SubscribeDurably(client, std::move(argument->filter),
                                                std::move(argument->name), argument->from)
                       : shard.Subscribe(client, std::move(argument->filter), argument->from);
  auto begun = co_await beginning;
  if (!begun) co_return begun.error();
  std::string json;
  AppendMember(json, "subscription", Text(begun->id));
  AppendPosition(json, begun->after);
  if (begun->gap) AppendMember(json, "gap", GapJson(*begun->gap));
  co_return json + "}";
}

async::Task<Answer> Unsubscribe(HubConnection& connection, Arguments arguments) {
  auto subscription = ReadText(arguments[0], "The subscription");
  if (!subscription) co_return subscription.error();
  if (auto gone = connection.shard().Unsubscribe(connection.client(), *subscription); !gone) {
    co_return gone.error();
  }
  co_return std::string();
}

async::Task<Answer> Ack(HubConnection& connection, Arguments arguments) {
  auto name = ReadText(arguments[0], "The subscription's name");
  if (!name) co_return name.error();
  const auto position = ReadPosition(arguments[1], "The position");
  if (!position) co_return position.error();
  auto done =
      co_await connection.shard().Acknowledge(connection.client(), std::move(*name), *position);
  if (!done) co_return done.error();
  co_return std::string();
}

/// Publishes one event, JSON.
async::Task<Result<pipeline::Acknowledgement>> Store(HubConnection& connection,
                                                     std::string_view event) {
  pipeline::Intake& intake = connection.services().intake;
  const std::size_t io = connection.lane().index;
  std::string body;
  body.reserve(event.size() + EventParser::Padding());
  body = event;
  EventParser::Request request;
  request.tenant = connection.tenant().id().text();
  auto parsed = intake.parser(io).ParseOne(body, request);
  if (!parsed) co_return parsed.error();
  auto stored = co_await intake.Publish(io, connection.caller(), std::move(*parsed));
  if (stored && !stored->refused.empty()) co_return std::move(stored->refused.front().error);
  co_return stored;
}

async::Task<Answer> Publish(HubConnection& connection, Arguments arguments) {
  auto stored = co_await Store(connection, arguments[0]);
  if (!stored) co_return stored.error();
  if (!stored->scheduled.empty()) {
    const auto& held = stored->scheduled.front();
    co_return schedule::AcceptedJson(held.id, held.state, held.due_ms, held.duplicate);
  }
  const bool duplicate = !stored->duplicates.empty();
  std::string json;
  AppendMember(json, "id", Text(duplicate ? stored->duplicates[0].id : stored->first_id));
  AppendPosition(json, {stored->epoch, duplicate ? stored->duplicates[0].sequence : stored->first});
  AppendMember(json, "duplicate", duplicate ? "true" : "false");
  const std::uint64_t version =
      duplicate ? stored->duplicates[0].stream_version : stored->stream_version;
  if (version != 0) AppendMember(json, "streamVersion", std::to_string(version));
  co_return json + "}";
}

/// Publishes each item as it comes; what is refused costs no other.
async::Task<Answer> PublishStream(HubConnection& connection, Upload& items) {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t index = 0;
  std::string rejected = "[";
  Position last;
  for (;; ++index) {
    auto item = co_await items.Next();
    if (!item) co_return item.error();
    if (!*item) break;
    auto stored = co_await Store(connection, **item);
    if (stored) {
      accepted += stored->accepted + stored->scheduled.size();
      duplicates += stored->duplicates.size();
      if (stored->accepted > 0) last = {stored->epoch, stored->first};
      continue;
    }
    if (rejected.size() >= kMaxRejectedBytes) continue;
    std::string refusal;
    AppendMember(refusal, "index", std::to_string(index));
    AppendMember(refusal, "code", Text(Describe(stored.error().code).name));
    AppendMember(refusal, "detail", Text(stored.error().detail));
    rejected.append(rejected.size() > 1 ? "," : "").append(refusal).append("}");
  }
  std::string json;
  AppendMember(json, "accepted", std::to_string(accepted));
  AppendMember(json, "duplicates", std::to_string(duplicates));
  AppendPosition(json, last);
  AppendMember(json, "rejected", rejected + "]");
  co_return json + "}";
}

async::Task<Answer> SendTo(HubConnection& connection, LiveTarget target, std::string_view method,
                           std::string_view payload) {
  auto name = ReadText(method, "The method");
  if (!name) co_return name.error();
  if (name->empty() || hub::IsOwnMethod(*name)) {
    co_return Fail(Errc::kInvalidArgument, "The method '" + *name + "' is one of the agent's own.");
  }
  const std::size_t took = co_await connection.services().hub.Invoke(
      connection.tenant(), std::move(target), std::move(*name), std::string(payload));
  co_return R"({"delivered":)" + std::to_string(took) + "}";
}

async::Task<Answer> SendToUser(HubConnection& connection, Arguments arguments) {
  auto user = ReadText(arguments[0], "The user");
  if (!user) co_return user.error();
  LiveTarget target{LiveTarget::Kind::kUser, std::move(*user)};
  co_return co_await SendTo(connection, std::move(target), arguments[1], arguments[2]);
}

async::Task<Answer> SendToGroup(HubConnection& connection, Arguments arguments) {
  auto group = ReadText(arguments[0], "The group");
  if (!group) co_return group.error();
  LiveTarget target{LiveTarget::Kind::kGroup, std::move(*group)};
  co_return co_await SendTo(connection, std::move(target), arguments[1], arguments[2]);
}

async::Task<Answer> Broadcast(HubConnection& connection, Arguments arguments) {
  LiveTarget target{LiveTarget::Kind::kTenant, {}};
  co_return co_await SendTo(connection, std::move(target), arguments[0], arguments[1]);
}

async::Task<Answer> Groups(HubConnection& connection, Arguments) {
  co_return TextArray(connection.client()->Groups());
}

async::Task<Answer> Resume(HubConnection& connection, Arguments arguments) {
  auto session = ReadText(arguments[0], "The session");
  if (!session) co_return session.error();
  const hub::Resumed resumed = co_await connection.services().hub.Resume(
      connection.lane().index, connection.client(), std::move(*session));
  if (!resumed.resumed) co_return std::string(R"({"resumed":false,"subscriptions":[]})");
  std::string subscriptions = "[";
  for (const auto& each : resumed.subscriptions) {
    std::string json;
    AppendMember(json, "subscription", Text(each.subscription.id));
    AppendPosition(json, each.subscription.after);
    AppendMember(json, "types", TextArray(each.filter.types));
    AppendMember(json, "topics", TextArray(each.filter.topics));
    if (!each.name.empty()) {
      AppendMember(json, "name", Text(each.name));
      AppendMember(json, "ack", "true");
    }
    subscriptions.append(subscriptions.size() > 1 ? "," : "").append(json).append("}");
  }
  std::string json;
  AppendMember(json, "resumed", "true");
  AppendPosition(json, resumed.after);
  AppendMember(json, "subscriptions", subscriptions + "]");
  co_return json + "}";
}

Result<hub::Presence*> PresenceOf(HubConnection& connection) {
  hub::Presence* presence = connection.services().presence;
  if (presence == nullptr) return Fail(Errc::kFeatureDisabled, "Presence is not served here.");
  return presence;
}

async::Task<Answer> SubscribePresence(HubConnection& connection, Arguments) {
  const auto presence = PresenceOf(connection);
  if (!presence) co_return presence.error();
  (*presence)->Subscribe(connection.lane().index, connection.client());
  co_return std::string();
}

async::Task<Answer> UnsubscribePresence(HubConnection& connection, Arguments) {
  const auto presence = PresenceOf(connection);
  if (!presence) co_return presence.error();
  (*presence)->Unsubscribe(connection.lane().index, connection.client());
  co_return std::string();
}

constexpr std::array kMethods = {
    Method{"JoinTenantGroup", 1, std::nullopt, JoinTenantGroup},
    Method{"LeaveTenantGroup", 1, std::nullopt, LeaveTenantGroup},
    Method{"Subscribe", 1, Permission::kSubscribe, Subscribe},
    Method{"Unsubscribe", 1, Permission::kSubscribe, Unsubscribe},
    Method{"Ack", 2, Permission::kSubscribe, Ack},
    Method{"Publish", 1, Permission::kPublish, Publish},
    Method{"PublishStream", 0, Permission::kPublish, nullptr, PublishStream},
    Method{"SendToUser", 3, Permission::kSend, SendToUser},
    Method{"SendToGroup", 3, Permission::kSend, SendToGroup},
    Method{"Broadcast", 2, Permission::kSend, Broadcast},
    Method{"Groups", 0, std::nullopt, Groups},
    Method{"Resume", 1, Permission::kSubscribe, Resume},
    Method{"SubscribePresence", 0, Permission::kReadEvents, SubscribePresence},
    Method{"UnsubscribePresence", 0, Permission::kReadEvents, UnsubscribePresence},
    Method{"Inbox", 1, Permission::kSubscribe, ReadInbox},
    Method{"MarkRead", 1, Permission::kSubscribe, MarkRead},
    Method{"MarkUnread", 1, Permission::kSubscribe, MarkUnread},
    Method{"Archive", 1, Permission::kSubscribe, Archive},
    Method{"Unarchive", 1, Permission::kSubscribe, Unarchive},
};
Status CheckRole(HubConnection& connection, const Method& method) {
  const RoleSet roles = connection.caller().principal.roles();
  if (!method.permission || auth::Allows(roles, *method.permission)) return {};
  Error error = Fail(Errc::kForbidden, "The role of this connection does not allow " +
                                           std::string(method.name) + ".");
  connection.AuditRefusal("hub.invoke", std::string(method.name), error);
  return error;
}

}  // namespace

const Method* FindMethod(std::string_view name) {
  const auto* const found = std::ranges::find_if(
      kMethods, [&](const Method& method) { return hub::SameMethod(method.name, name); });
  return found == kMethods.end() ? nullptr : found;
}

bool IsStreamMethod(std::string_view name) { return hub::SameMethod(name, kStreamEvents); }

async::Task<Result<std::string>> Call(HubConnection& connection, const Method& method,
                                      Arguments arguments) {
  if (auto may = CheckRole(connection, method); !may) co_return may.error();
  co_return co_await method.run(connection, arguments);
}

async::Task<Result<std::string>> CallUpload(HubConnection& connection, const Method& method,
                                            Upload& items) {
  if (auto may = CheckRole(connection, method); !may) co_return may.error();
  co_return co_await method.upload(connection, items);
}

std::string ConnectedJson(HubConnection& connection) {
  const Principal& principal = connection.caller().principal;
  std::vector<std::string_view> roles;
  for (const Role role : {Role::kSubscriber, Role::kViewer, Role::kPublisher, Role::kTenantAdmin,
                          Role::kPlatformAdmin}) {
    if (principal.Is(role)) roles.push_back(auth::ToString(role));
  }
  std::vector<std::string_view> methods;
  for (const Method& method : kMethods) {
    if (!method.permission || auth::Allows(principal.roles(), *method.permission)) {
      methods.push_back(method.name);
    }
  }
  if (auth::Allows(principal.roles(), Permission::kSubscribe)) methods.push_back(kStreamEvents);
  std::string json;
  AppendMember(json, "connectionId", Text(connection.origin().negotiation.connection_id));
  AppendMember(json, "session", Text(connection.client()->session.id));
  AppendMember(json, "tenant", Text(connection.tenant().id().text()));
  AppendMember(json, "user", Text(principal.user()));
  AppendMember(json, "roles", TextArray(roles));
  AppendMember(json, "groups", TextArray(connection.client()->Groups()));
  AppendMember(json, "methods", TextArray(methods));
  AppendPosition(json, connection.client()->position());
  return json + "}";
}

}  // namespace notify::agent::ingress::signalr
