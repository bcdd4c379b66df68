#include "agent/inbox/inbox_store.hpp"

#include <array>
#include <limits>
#include <utility>

#include "agent/store/aead.hpp"

namespace notify::agent::inbox {
namespace {

using store::Blob;
using store::Row;

// An item has the number of its event: the order of the log is the order of the inbox.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE inbox_items(
  sequence INTEGER PRIMARY KEY, user TEXT NOT NULL, notification TEXT NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL, read_ms INTEGER NOT NULL DEFAULT 0,
  archived_ms INTEGER NOT NULL DEFAULT 0, content BLOB NOT NULL);
CREATE INDEX inbox_of_user ON inbox_items(user, sequence);
CREATE INDEX inbox_unread ON inbox_items(user, created_ms) WHERE read_ms=0 AND archived_ms=0;
CREATE INDEX inbox_age ON inbox_items(created_ms);
CREATE TABLE inbox_size(one INTEGER PRIMARY KEY CHECK(one=1), items INTEGER NOT NULL);
INSERT INTO inbox_size VALUES(1, 0);
CREATE TRIGGER inbox_grows AFTER INSERT ON inbox_items
  BEGIN UPDATE inbox_size SET items=items+1; END;
CREATE TRIGGER inbox_shrinks AFTER DELETE ON inbox_items
  BEGIN UPDATE inbox_size SET items=items-1; END;
CREATE TABLE inbox_position(
  one INTEGER PRIMARY KEY CHECK(one=1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL))"};

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t Unsigned(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

// What an action writes, and to which items; in the order of Action.
struct Sql {
  std::string_view set;
  std::string_view where;
};
constexpr std::array<Sql, 4> kActions = {
    Sql{"read_ms=?3", "read_ms=0"}, Sql{"read_ms=0", "read_ms<>0"},
    Sql{"archived_ms=?3", "archived_ms=0"}, Sql{"archived_ms=0", "archived_ms<>0"}};

const Sql& SqlOf(Action action) { return kActions.at(static_cast<std::size_t>(action)); }

std::string WhereOf(const Marking& marking) {
  std::string where = " WHERE user=?1 AND ";
  where += marking.up_to ? "sequence<=?2" : "notification=?2";
  return where.append(" AND ").append(SqlOf(marking.action).where);
}

store::Parameter Which(const Marking& marking, std::string_view id) {
  if (marking.up_to) return Signed(marking.up_to->sequence.value);
  return id;
}

// In the order of View.
constexpr std::array<std::string_view, 5> kViews = {"archived_ms=0", "archived_ms=0 AND read_ms=0",
                                                    "archived_ms=0 AND read_ms<>0",
                                                    "archived_ms<>0", "1"};

}  // namespace

const store::StageSchema InboxStore::kSchema = {"inbox", kSteps};

std::string InboxStore::Context(std::string_view notification) const {
  return "inbox|" + tenant_.id().text() + "|" + std::string(notification);
}

Result<Position> InboxStore::Stand() {
  Position stand;
  auto read = state_.Query("SELECT epoch,sequence FROM inbox_position", {}, [&](const Row& row) {
    stand = {Epoch{Unsigned(row.Integer(0))}, Sequence{Unsigned(row.Integer(1))}};
    return false;
  });
  if (!read) return read.error();
  return stand;
}

Status InboxStore::MoveTo(Position position) {
  return Done(state_.Run("INSERT OR REPLACE INTO inbox_position VALUES(1,?1,?2)",
                         {Signed(position.epoch.value), Signed(position.sequence.value)}));
}

Status InboxStore::Add(const Item& item) {
  std::string sealed;
  store::Aead(tenant_.record().data_key)
      .Seal(random_, Context(item.notification), item.content, sealed);
  return Done(state_.Run(
      "INSERT OR IGNORE INTO inbox_items(sequence,user,notification,created_ms,content) "
      "VALUES(?1,?2,?3,?4,?5)",
      {Signed(item.sequence.value), item.user, item.notification, item.created_ms, Blob{sealed}}));
}

Status InboxStore::Apply(const Marking& marking, std::int64_t at_ms) {
  const std::string sql =
      "UPDATE inbox_items SET " + std::string(SqlOf(marking.action).set) + WhereOf(marking);
  if (marking.up_to) return Done(state_.Run(sql, {marking.user, Which(marking, {}), at_ms}));
  for (const std::string& id : marking.ids) {
    auto changed = Done(state_.Run(sql, {marking.user, Which(marking, id), at_ms}));
    if (!changed) return changed;
  }
  return {};
}

Result<std::size_t> InboxStore::Changing(const Marking& marking, std::string_view id) {
  const auto count = state_.Number("SELECT count(*) FROM inbox_items" + WhereOf(marking),
                                   {marking.user, Which(marking, id)});
  if (!count) return count.error();
  return static_cast<std::size_t>(count->value_or(0));
}

Result<std::size_t> InboxStore::Narrow(Marking& marking) {
  if (marking.up_to) return Changing(marking, {});
  std::vector<std::string> changing;
  for (std::string& id : marking.ids) {
    const auto changes = Changing(marking, id);
    if (!changes) return changes.error();
    if (*changes > 0) changing.push_back(std::move(id));
  }
  marking.ids = std::move(changing);
  return marking.ids.size();
}

Result<InboxStore::Listed> InboxStore::List(std::string_view user, View view, Sequence before,
                                            std::int64_t since_ms, std::size_t limit,
                                            std::size_t max_bytes) {
  Listed listed;
  std::size_t bytes = 0;
  Status opened;
  store::Aead aead(tenant_.record().data_key);
  const std::string sql =
      "SELECT sequence,notification,created_ms,read_ms,archived_ms,content FROM inbox_items "
      "WHERE user=?1 AND sequence<?2 AND created_ms>=?3 AND " +
      std::string(kViews.at(static_cast<std::size_t>(view))) + " ORDER BY sequence DESC LIMIT ?4";
  const std::int64_t behind =
      before.value == 0 ? std::numeric_limits<std::int64_t>::max() : Signed(before.value);
  auto read = state_.Query(
      sql, {user, behind, since_ms, static_cast<std::int64_t>(limit) + 1}, [&](const Row& row) {
        listed.more = listed.items.size() == limit || (bytes >= max_bytes && !listed.items.empty());
        if (listed.more) return false;
        Item item;
        item.user = user;
        item.sequence.value = Unsigned(row.Integer(0));
        item.notification = row.Text(1);
        item.created_ms = row.Integer(2);
        item.read_ms = row.Integer(3);
        item.archived_ms = row.Integer(4);
        if (!aead.Open(Context(item.notification), row.Bytes(5), item.content)) {
          opened = Fail(Errc::kInternal, "A stored notification cannot be opened.",
                        "notifyctl notification inbox rebuild");
          return false;
        }
        bytes += item.content.size();
        listed.items.push_back(std::move(item));
        return true;
      });
  if (read && !opened) read = opened;
  if (!read) return read.error();
  return listed;
}

Result<std::size_t> InboxStore::Unread(std::string_view user, std::int64_t since_ms) {
  const auto count = state_.Number(
      "SELECT count(*) FROM inbox_items WHERE user=?1 AND read_ms=0 AND archived_ms=0 AND "
      "created_ms>=?2",
      {user, since_ms});
  if (!count) return count.error();
  return static_cast<std::size_t>(count->value_or(0));
}

Result<std::optional<Sequence>> InboxStore::Find(std::string_view user,
                                                 std::string_view notification) {
  const auto found = state_.Number(
      "SELECT sequence FROM inbox_items WHERE notification=?1 AND user=?2", {notification, user});
  if (!found) return found.error();
  if (!*found) return std::optional<Sequence>();
  return std::optional(Sequence{Unsigned(**found)});
}

Status InboxStore::Trim(std::string_view user, std::size_t most) {
  return Done(state_.Run(
      "DELETE FROM inbox_items WHERE user=?1 AND sequence<=(SELECT sequence FROM inbox_items "
      "WHERE user=?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)",
      {user, static_cast<std::int64_t>(most)}));
}

Status InboxStore::TrimAll(std::size_t most) {
  return Done(
      state_.Run("DELETE FROM inbox_items WHERE sequence IN (SELECT sequence FROM inbox_items "
                 "ORDER BY sequence LIMIT max(0, (SELECT items FROM inbox_size)-?1))",
                 {static_cast<std::int64_t>(most)}));
}

Result<std::vector<std::string>> InboxStore::Expire(std::int64_t before_ms, std::size_t limit) {
  std::vector<std::string> users;
  const auto count = static_cast<std::int64_t>(limit);
  auto expired = state_.Transaction([&]() -> Status {
    auto read = state_.Query(
        "SELECT DISTINCT user FROM (SELECT user,read_ms,archived_ms FROM inbox_items "
        "WHERE created_ms<?1 ORDER BY created_ms,sequence LIMIT ?2) "
        "WHERE read_ms=0 AND archived_ms=0",
        {before_ms, count}, [&](const Row& row) {
          users.push_back(row.Text(0));
          return true;
        });
    if (!read) return read;
    return Done(
        state_.Run("DELETE FROM inbox_items WHERE sequence IN (SELECT sequence FROM inbox_items "
                   "WHERE created_ms<?1 ORDER BY created_ms,sequence LIMIT ?2)",
                   {before_ms, count}));
  });
  if (!expired) return expired.error();
  return users;
}

Result<std::optional<std::int64_t>> InboxStore::Oldest() {
  return state_.Number("SELECT created_ms FROM inbox_items ORDER BY created_ms LIMIT 1");
}

Status InboxStore::BeginAgain(Position position) {
  return state_.Transaction([&]() -> Status {
    if (auto cleared = Done(state_.Run("DELETE FROM inbox_items")); !cleared) return cleared;
    return MoveTo(position);
  });
}

}  // namespace notify::agent::inbox
