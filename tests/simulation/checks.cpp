#include "tests/simulation/checks.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "agent/audit/chain_record.hpp"
#include "common/ids.hpp"

namespace notify::simulation {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kQuote = "fx.quote.created";

bool EndsADelivery(const std::string& type) {
  return type == "notification.sent" || type == "notification.delivered" ||
         type == "delivery.failed";
}

Stored StoredOf(const json& event) {
  Stored stored;
  stored.sequence = event.value("sequence", std::uint64_t{0});
  stored.id = event.value("id", "");
  stored.type = event.value("type", "");
  stored.causation = event.value("causationid", "");
  stored.position = std::to_string(event.value("epoch", std::uint64_t{0})) + "-" +
                    std::to_string(stored.sequence);
  const auto data = event.find("data");
  if (data != event.end() && data->is_object()) stored.delivery = data->value("delivery", "");
  return stored;
}

std::string Show(const Stored& event) {
  return event.type + " " + event.id + " at " + event.position;
}

}  // namespace

async::Task<std::vector<std::string>> Inspector::All(const Net& net, async::IoThread& io,
                                                     std::string path, std::string tenant) {
  HttpClient client(*this, io, net.socket);
  std::vector<std::string> items;
  std::string cursor;
  do {
    Ask ask;
    ask.path = path + "?limit=1000" + (cursor.empty() ? "" : "&cursor=" + cursor);
    ask.tenant = tenant;
    const Answer answer = co_await client.Insist(ask);
    const ordered_json page = ordered_json::parse(answer.body, nullptr, false);
    if (answer.status != 200 || !page.is_object()) {
      if (!stop)
        Complain(ask.path + " of " + tenant + ": " + std::to_string(answer.status) + " " +
                 answer.body);
      break;
    }
    for (const auto& item : page["items"]) items.push_back(item.dump());
    cursor = page["next"].is_string() ? page["next"].get<std::string>() : std::string();
  } while (!cursor.empty());
  co_return items;
}

async::Task<Listing> Inspector::List(const Net& net, async::IoThread& io, std::string tenant) {
  const auto items = co_await All(net, io, "/api/events", tenant);
  Listing listing;
  for (const std::string& item : items) listing.push_back(StoredOf(json::parse(item)));
  co_return listing;
}

async::Task<std::vector<std::string>> Inspector::Audit(const Net& net, async::IoThread& io,
                                                       std::string tenant) {
  co_return co_await All(net, io, "/api/audit", tenant);
}

async::Task<int> Inspector::StatusOf(const Net& net, async::IoThread& io, std::string tenant) {
  HttpClient client(*this, io, net.socket);
  Ask ask;
  ask.path = "/api/tenants/" + tenant;
  const Answer answer = co_await client.Insist(ask);
  const json told = json::parse(answer.body, nullptr, false);
  if (answer.status == 200 && told.value("state", "") != "active") {
    Complain(tenant + " is neither there nor gone: " + answer.body);
  }
  co_return answer.status;
}

std::vector<std::string> CheckNumbers(const Listing& listing) {
  std::vector<std::string> wrong;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < listing.size(); ++i) {
    if (listing[i].sequence != i + 1) {
      wrong.push_back("number " + std::to_string(i + 1) + " is " + Show(listing[i]));
      break;
    }
    if (!ids.insert(listing[i].id).second) wrong.push_back("stored twice: " + Show(listing[i]));
  }
  return wrong;
}

std::vector<std::string> CheckAcknowledged(const Listing& listing, const Publisher& publisher) {
  std::map<std::string, std::uint64_t> there;
  for (const Stored& event : listing) there[event.id] = event.sequence;
  std::vector<std::string> wrong;
  for (const auto& [id, sequence] : publisher.acknowledged) {
    const auto found = there.find(id);
    if (found == there.end()) {
      wrong.push_back("acknowledged and lost: " + id);
    } else if (sequence != 0 && found->second != sequence) {
      wrong.push_back(id + " was acknowledged as " + std::to_string(sequence) + " and is " +
                      std::to_string(found->second));
    }
  }
  return wrong;
}

std::vector<std::string> CheckSeen(const Listing& listing, const Subscriber& subscriber) {
  std::vector<Seen> expected;
  for (const Stored& event : listing) {
    if (Wants(subscriber.pattern(), event.type)) expected.push_back({event.sequence, event.id});
  }
  const auto& seen = subscriber.seen;
  for (std::size_t i = 0; i < seen.size() || i < expected.size(); ++i) {
    if (i < seen.size() && i < expected.size() && seen[i] == expected[i]) continue;
    const auto show = [i](const std::vector<Seen>& list) {
      return i < list.size() ? std::to_string(list[i].sequence) + " " + list[i].id
                             : std::string("nothing");
    };
    return {subscriber.name() + " saw " + show(seen) + " where " + show(expected) + " is stored (" +
            std::to_string(seen.size()) + " seen, " + std::to_string(expected.size()) + " stored)"};
  }
  return {};
}

std::vector<std::string> CheckNotifications(const Listing& listing, const std::string& tenant) {
  std::map<std::string, std::vector<const Stored*>> created;  // By the quote's id.
  std::map<std::string, int> ends;                            // By delivery.
  for (const Stored& event : listing) {
    if (event.type == "notification.created") created[event.causation].push_back(&event);
    if (EndsADelivery(event.type)) ++ends[event.delivery];
  }
  std::vector<std::string> wrong;
  for (const Stored& event : listing) {
    if (event.type == "notification.created" && ends[event.delivery] != 1) {
      wrong.push_back(Show(event) + " ended " + std::to_string(ends[event.delivery]) + " times");
    }
    if (event.type != kQuote) continue;
    const auto& notifications = created[event.id];
    if (notifications.size() != 1) {
      wrong.push_back(Show(event) + " has " + std::to_string(notifications.size()) +
                      " notifications");
      continue;
    }
    const std::string derived =
        DerivedUuid("notification|" + tenant + "|fx-quote-created|1|" + event.position + "|1");
    if (notifications[0]->id != derived) {
      wrong.push_back(Show(event) +
                      " has a notification that is not its own: " + Show(*notifications[0]));
    }
  }
  return wrong;
}

bool AllDelivered(const Listing& listing) {
  std::set<std::string> quotes;
  std::set<std::string> open;
  for (const Stored& event : listing) {
    if (event.type == kQuote) quotes.insert(event.id);
    if (event.type == "notification.created") {
      quotes.erase(event.causation);
      open.insert(event.delivery);
    }
    if (EndsADelivery(event.type)) open.erase(event.delivery);
  }
  return quotes.empty() && open.empty();
}

std::vector<std::string> CheckAudit(const std::vector<std::string>& records) {
  std::string before(agent::audit::GenesisHash());
  std::int64_t seq = 0;
  std::vector<ordered_json> chain;
  for (const std::string& text : records) chain.push_back(ordered_json::parse(text));
  // Listed by time, which the wall clock's steps put into another order than the chain's.
  std::ranges::sort(chain, {},
                    [](const ordered_json& one) { return one.value("seq", std::int64_t{0}); });
  for (ordered_json& record : chain) {
    const std::string text = record.dump();
    const std::string hash = record.value("hash", "");
    record.erase("hash");
    const bool holds = record.value("seq", std::int64_t{0}) == ++seq &&
                       record.value("prevHash", "") == before &&
                       agent::audit::HashOf(record.dump()) == hash;
    if (!holds) return {"the audit chain breaks at " + text};
    before = hash;
  }
  return {};
}

}  // namespace notify::simulation
