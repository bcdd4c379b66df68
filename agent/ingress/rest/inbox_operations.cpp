#include "agent/ingress/rest/inbox_operations.hpp"

#include <memory>
#include <utility>

#include "agent/auth/roles.hpp"
#include "agent/ingress/rest/audit_note.hpp"
#include "agent/ingress/rest/list_cursor.hpp"

namespace notify::agent::ingress::rest {
namespace {

using auth::Permission;
using inbox::Action;

constexpr std::uint64_t kMaxBody = 64 << 10;
constexpr std::size_t kMostAnswerBytes = 4 << 20;
constexpr std::size_t kMostUserBytes = 256;

// Whose inbox a call is about.
struct Owner {
  TenantHandle tenant;
  std::string user;
  bool own = true;
};

class Inboxing {
 public:
  Inboxing(inbox::Inboxes& inboxes, AuditSink& audit, bool on)
      : inboxes_(inboxes), audit_(audit), on_(on) {}

  async::Task<Result<Response>> List(Call& call) {
    auto owner = OwnerOf(call, Permission::kReadEvents);
    if (!owner) co_return owner.error();
    const auto limit = LimitOf(call);
    if (!limit) co_return limit.error();
    const auto view = inbox::ReadView(call.head().Query("state").value_or(""));
    if (!view) co_return view.error();
    // A cursor goes on in the inbox that gave it, of whoever asks.
    const std::string list = "inbox " + owner->user;
    const auto place = CursorPlace(call, list);
    if (!place) co_return place.error();
    inbox::Query query{*view, *limit, place->value_or(""), kMostAnswerBytes};
    const auto page =
        co_await inboxes_.List(owner->tenant, std::move(owner->user), std::move(query));
    if (!page) co_return page.error();
    co_return Json(inbox::PageJson(*page, NextCursor(call, list, page->next)));
  }

  async::Task<Result<Response>> Unread(Call& call) {
    auto owner = OwnerOf(call, Permission::kReadEvents);
    if (!owner) co_return owner.error();
    const auto unread = co_await inboxes_.Unread(owner->tenant, std::move(owner->user));
    if (!unread) co_return unread.error();
    co_return Json("{\"unread\":" + std::to_string(*unread) + "}");
  }

  async::Task<Result<Response>> Mark(Call& call, Action action, std::string name) {
    auto owner = OwnerOf(call, Permission::kWriteSettings);
    if (!owner) co_return owner.error();
    auto body = co_await call.exchange.ReadBody(kMaxBody);
    if (!body) co_return body.error();
    auto selection = inbox::ReadSelection(*body);
    if (!selection) co_return selection.error();
    const auto marked = co_await inboxes_.Mark(
        owner->tenant, owner->user, action, std::move(*selection), call.caller.principal.actor());
    if (!owner->own) Note(audit_, call, std::move(name), "user:" + owner->user, marked);
    if (!marked) co_return marked.error();
    co_return Json(inbox::MarkedJson(*marked));
  }

  async::Task<Result<Response>> Rebuild(Call& call) {
    if (!on_) co_return SwitchedOff();
    const auto tenant = TenantOf(call);
    if (!tenant) co_return tenant.error();
    const auto rebuilt = co_await inboxes_.Rebuild(*tenant);
    Note(audit_, call, "inbox.rebuild", "inboxes", rebuilt);
    if (!rebuilt) co_return rebuilt.error();
    co_return Json(R"({"rebuilt":true})");
  }

 private:
  static Error SwitchedOff() {
    return Fail(Errc::kFeatureDisabled, "Notifications are switched off.",
                "Set notifications.enabled and advanced.notifications.enabled to true.");
  }

  /// The owner of the inbox, where the caller may do there what needs `of_others` elsewhere.
  Result<Owner> OwnerOf(const Call& call, Permission of_others) const {
    if (!on_) return SwitchedOff();
    auto tenant = TenantOf(call);
    if (!tenant) return tenant.error();
    const Principal& principal = call.caller.principal;
    std::string user(call.head().Query("user").value_or(principal.user()));
    if (user.empty() || user.size() > kMostUserBytes) {
      return Fail(Errc::kInvalidArgument, "Whose inbox? This credential is of no user.",
                  "Name one with ?user=, notifyctl --user USER.");
    }
    const bool own = user == principal.user();
    if (!own && !auth::Allows(principal.roles(), of_others)) {
      return Fail(Errc::kForbidden,
                  "The role of this credential does not allow that in the "
                  "inbox of another user.");
    }
    return Owner{std::move(*tenant), std::move(user), own};
  }

  inbox::Inboxes& inboxes_;
  AuditSink& audit_;
  const bool on_;
};

}  // namespace

void AddInboxOperations(Operations& operations, inbox::Inboxes& inboxes, AuditSink& audit,
                        bool on) {
  // Shared by the operations, which live as long as the server.
  auto shared = std::make_shared<Inboxing>(inboxes, audit, on);
  operations.Add("listInbox", [shared](Call& call) { return shared->List(call); });
  operations.Add("countInbox", [shared](Call& call) { return shared->Unread(call); });
  operations.Add("readInbox",
                 [shared](Call& call) { return shared->Mark(call, Action::kRead, "inbox.read"); });
  operations.Add("unreadInbox", [shared](Call& call) {
    return shared->Mark(call, Action::kUnread, "inbox.unread");
  });
  operations.Add("archiveInbox", [shared](Call& call) {
    return shared->Mark(call, Action::kArchive, "inbox.archive");
  });
  operations.Add("unarchiveInbox", [shared](Call& call) {
    return shared->Mark(call, Action::kUnarchive, "inbox.unarchive");
  });
  operations.Add("rebuildInboxes", [shared](Call& call) { return shared->Rebuild(call); });
}

}  // namespace notify::agent::ingress::rest
