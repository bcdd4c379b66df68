#include <algorithm>

#include "cli/migrate/description.hpp"

namespace notify::cli::migrate {
namespace {

/// A row of one table, read by the members of its kind.
class Row {
 public:
  Row(const Table& table, const Value& row) : table_(table), row_(row) {}

  /// Nothing where the table has no such column, or the row nothing in it.
  Result<std::optional<Value>> Get(const std::string& member) const {
    const auto rule = table_.of.find(member);
    if (rule == table_.of.end()) return std::optional<Value>();
    auto value = history::Apply(rule->second, row_);
    if (!value) value.error().detail = "'" + member + "': " + value.error().detail;
    return value;
  }

  Result<Value> Need(const std::string& member) const {
    auto value = Get(member);
    if (!value) return value.error();
    if (!*value) return Fail(Errc::kInvalidArgument, "'" + member + "' is empty.");
    return std::move(**value);
  }

  /// Copies what is there.
  Status Into(Value& object, const std::string& member, std::string_view name) const {
    auto value = Get(member);
    if (!value) return value.error();
    if (*value) object.Set(name, std::move(**value));
    return {};
  }

 private:
  const Table& table_;
  const Value& row_;
};

std::string Upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text;
}

/// The event that says how a delivery ended; empty where it has not.
Result<std::string> EndType(const std::string& status) {
  const std::string word = Upper(status);
  if (word == "DELIVERED") return std::string("notification.delivered");
  if (word == "SENT") return std::string("notification.sent");
  if (word == "FAILED") return std::string("delivery.failed");
  if (word.empty() || word == "PENDING" || word == "PROCESSING") return std::string();
  return Fail(Errc::kInvalidArgument,
              "'status': '" + status.substr(0, 64) +
                  "' is none of DELIVERED, SENT, FAILED, PENDING, PROCESSING.",
              "`values: {…}` in the mapping says what stands for them");
}

Result<std::vector<Value>> Notification(const Table& table, const Row& row) {
  const auto id = row.Need("id");
  if (!id) return id.error();
  auto created = row.Need("created");
  if (!created) return created.error();
  auto channel = row.Need("channel");
  if (!channel) return channel.error();
  const auto status = row.Get("status");
  if (!status) return status.error();
  auto data = Value::Object();
  data.Set("notification", *id).Set("channel", std::move(*channel));
  for (const auto* member : {"recipient", "template", "title"}) {
    if (auto copied = row.Into(data, member, member); !copied) return copied.error();
  }
  auto begun = Value::Object();
  begun.Set("type", "notification.created")
      .Set("id", "migrated/" + table.name + "/" + id->Text())
      .Set("time", *created)
      .Set("subject", *id);
  if (auto copied = row.Into(begun, "userid", "userid"); !copied) return copied.error();
  begun.Set("data", data);
  const auto type = EndType(*status ? (*status)->Text() : std::string());
  if (!type) return type.error();
  if (type->empty()) return std::vector<Value>{std::move(begun)};
  auto ended = begun;
  ended.Set("type", *type).Set("id", "migrated/" + table.name + "/" + id->Text() + "/ended");
  if (auto copied = row.Into(ended, "ended", "time"); !copied) return copied.error();
  ended.Set("data", data.Set("status", Upper((*status)->Text())));
  return std::vector<Value>{std::move(begun), std::move(ended)};
}

Result<std::vector<Value>> Report(const Row& row) {
  const auto metric = row.Get("metric");
  if (!metric) return metric.error();
  const auto key = row.Need("key");
  if (!key) return key.error();
  auto count = row.Need("count");
  if (!count) return count.error();
  auto time = row.Need("time");
  if (!time) return time.error();
  if (count->Text() == "0") return std::vector<Value>{};
  const std::string name = *metric ? (*metric)->Text() : "events";
  auto event = Value::Object();
  if (name == "events") {
    event.Set("type", *key);
  } else if (name == "notifications") {
    event.Set("type", "notification.created");
    event.Set("data", Value::Object().Set("channel", *key));
  } else if (name == "deliveries") {
    const auto type = EndType(key->Text());
    if (!type) return type.error();
    if (type->empty()) return Fail(Errc::kInvalidArgument, "'key': only what ended is counted.");
    event.Set("type", *type);
    event.Set("data", Value::Object().Set("status", Upper(key->Text())));
  } else {
    return Fail(Errc::kInvalidArgument, "'metric': '" + name.substr(0, 64) +
                                            "' is none of events, notifications, deliveries.");
  }
  event.Set("time", std::move(*time)).Set("standsfor", std::move(*count));
  return std::vector<Value>{std::move(event)};
}

}  // namespace

Result<std::vector<Value>> EventsOf(const Table& table, const Value& row) {
  switch (table.kind) {
    case Kind::kEvents: {
      auto event = table.event.EventOf(row);
      if (!event) return event.error();
      if (event->Text("type").empty()) return Fail(Errc::kInvalidArgument, "'type' is empty.");
      return std::vector<Value>{std::move(*event)};
    }
    case Kind::kNotifications:
      return Notification(table, Row(table, row));
    case Kind::kAnalytics:
      return Report(Row(table, row));
    case Kind::kSubscriptions:
    case Kind::kPreferences:
    case Kind::kContacts:
      break;
  }
  return std::vector<Value>{};
}

}  // namespace notify::cli::migrate
