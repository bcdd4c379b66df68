#include "agent/ingress/signalr/inbox_methods.hpp"

#include <utility>

#include "agent/inbox/inboxes.hpp"

namespace notify::agent::ingress::signalr {
namespace {

using Answer = Result<std::string>;

// So many items are one hub message.
constexpr std::size_t kMostItems = 100;

Result<inbox::Inboxes*> InboxesOf(HubConnection& connection) {
  inbox::Inboxes* inboxes = connection.services().inboxes;
  if (inboxes == nullptr) {
    return Fail(Errc::kFeatureDisabled, "Notifications are switched off.");
  }
  if (connection.principal().user().empty()) {
    return Fail(Errc::kForbidden, "An inbox is a user's, and this credential is of none.");
  }
  return inboxes;
}

async::Task<Answer> Mark(HubConnection& connection, inbox::Action action,
                         std::string_view argument) {
  const auto inboxes = InboxesOf(connection);
  if (!inboxes) co_return inboxes.error();
  auto selection = inbox::ReadSelection(argument);
  if (!selection) co_return selection.error();
  const Principal& principal = connection.principal();
  const auto marked = co_await (*inboxes)->Mark(connection.tenant(), principal.user(), action,
                                                std::move(*selection), principal.actor());
  if (!marked) co_return marked.error();
  co_return inbox::MarkedJson(*marked);
}

}  // namespace

async::Task<Answer> ReadInbox(HubConnection& connection, Arguments arguments) {
  const auto inboxes = InboxesOf(connection);
  if (!inboxes) co_return inboxes.error();
  auto query = inbox::ReadQuery(arguments[0], kMostItems);
  if (!query) co_return query.error();
  const auto page = co_await (*inboxes)->List(connection.tenant(), connection.principal().user(),
                                              std::move(*query));
  if (!page) co_return page.error();
  co_return inbox::PageJson(*page, page->next);
}

async::Task<Answer> MarkRead(HubConnection& connection, Arguments arguments) {
  co_return co_await Mark(connection, inbox::Action::kRead, arguments[0]);
}

async::Task<Answer> MarkUnread(HubConnection& connection, Arguments arguments) {
  co_return co_await Mark(connection, inbox::Action::kUnread, arguments[0]);
}

async::Task<Answer> Archive(HubConnection& connection, Arguments arguments) {
  co_return co_await Mark(connection, inbox::Action::kArchive, arguments[0]);
}

async::Task<Answer> Unarchive(HubConnection& connection, Arguments arguments) {
  co_return co_await Mark(connection, inbox::Action::kUnarchive, arguments[0]);
}

}  // namespace notify::agent::ingress::signalr
