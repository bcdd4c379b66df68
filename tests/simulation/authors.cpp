#include "tests/simulation/authors.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::size_t kLargestBatch = 6;

json Parsed(const Answer& answer) {
  json value = json::parse(answer.body, nullptr, false);
  return value.is_object() ? value : json::object();
}

/// Whether there are some, and none of them was refused for what it is.
bool AllFailed(const json& rejected) {
  return !rejected.empty() && std::ranges::all_of(rejected, [](const json& one) {
    return one.value("code", "") == "internal" || one.value("code", "") == "unavailable";
  });
}

std::string Say(const Answer& answer) {
  return std::to_string(answer.status) + " " + answer.body.substr(0, 300);
}

std::string QuoteData(const std::string& id, const std::string& padding) {
  return json{{"quoteId", id},
              {"fromCurrency", "USD"},
              {"toCurrency", "EUR"},
              {"amount", 12500},
              {"rate", 0.8645},
              {"midMarketRate", 0.8684},
              {"margin", 0.0045},
              {"fees", {{"amount", 12.5}, {"currency", "USD"}}},
              {"convertedAmount", 10795.44},
              {"source", "Federal Reserve H.10"},
              {"quotedAt", "2026-07-01T09:30:00Z"},
              {"validUntil", "2026-07-01T09:35:00Z"},
              {"padding", padding}}
      .dump();
}

}  // namespace

std::vector<Planned> PlanOf(sim::Dice& dice, const std::string& tenant, int publisher,
                            std::size_t count, Clock::WallTime begin) {
  std::vector<Planned> plan;
  for (std::size_t i = 0; i < count; ++i) {
    Planned event;
    event.id = tenant + "-" + std::to_string(publisher) + "-" + std::to_string(i);
    const std::string padding = tenant + std::string(dice.OneIn(6) ? dice.Below(4000) : 10, '.');
    std::string data;
    switch (dice.Below(3)) {
      case 0:
        event.type = "fx.quote.created";
        data = QuoteData("Q-" + event.id, padding);
        break;
      case 1:
        event.type = "fx.rate.seen";
        data = json{{"of", tenant}, {"padding", padding}}.dump();
        break;
      default:
        event.type = "note.taken";
        data = json{{"of", tenant}, {"padding", padding}}.dump();
    }
    event.json = R"({"id":")" + event.id + R"(","type":")" + event.type + "\"";
    // Some are for later, and some of those are late already when they are published.
    if (dice.OneIn(6)) {
      event.json += R"(,"scheduledat":")" + FormatRfc3339(begin + 1ms * dice.Below(8000)) + "\"";
    }
    event.json += R"(,"data":)" + data + "}";
    plan.push_back(std::move(event));
  }
  return plan;
}

Ask Publisher::One() const {
  Ask ask;
  ask.method = "POST";
  ask.path = "/api/events/publish";
  ask.bearer = credentials_.publisher_key;
  ask.body = plan_[next_].json;
  return ask;
}

Ask Publisher::Batch(std::size_t count) const {
  Ask ask = One();
  ask.path = "/api/events/batch";
  ask.body = "[";
  for (std::size_t i = 0; i < count; ++i) {
    ask.body += (i == 0 ? "" : ",") + plan_[next_ + i].json;
  }
  ask.body += "]";
  return ask;
}

void Publisher::TakeOne(const Answer& answer) {
  const json told = Parsed(answer);
  const Planned& event = plan_[next_];
  if (answer.status != 202 || told.value("id", "") != event.id) {
    Complain(event.id + " got " + Say(answer));
  }
  acknowledged[event.id] = told.value("sequence", std::uint64_t{0});
  ++next_;
}

void Publisher::TakeBatch(const Answer& answer, std::size_t count) {
  const json told = Parsed(answer);
  // The disk may fail under a part of it, which is tried again with the rest.
  if (answer.status == 200 && AllFailed(told.value("rejected", json::array()))) return;
  const std::size_t sum =
      told.value("accepted", std::size_t{0}) + told.value("duplicates", std::size_t{0});
  if (answer.status != 200 || sum != count) {
    Complain("a batch of " + std::to_string(count) + " got " + Say(answer));
  }
  // What is for later has no number yet.
  const bool all_new =
      told.value("duplicates", std::size_t{1}) == 0 && told.value("scheduled", std::size_t{1}) == 0;
  for (std::size_t i = 0; i < count; ++i) {
    acknowledged[plan_[next_ + i].id] =
        all_new ? told.value("firstSequence", std::uint64_t{0}) + i : 0;
  }
  next_ += count;
}

async::Task<void> Publisher::Run(Net net, async::IoThread& io) {
  HttpClient client(*this, io, net.tcp);
  while (!stop && !done()) {
    if (credentials_.publisher_key.empty()) {
      co_await io.timers().Sleep(5ms);
      continue;
    }
    const std::size_t left = plan_.size() - next_;
    const std::size_t count =
        dice.OneIn(3) ? std::min<std::size_t>(left, 1 + dice.Below(kLargestBatch)) : 0;
    const Ask ask = count == 0 ? One() : Batch(count);
    const Answer answer = co_await client.Insist(ask);
    if (answer.status == 0) co_return;
    if (count == 0) {
      TakeOne(answer);
    } else {
      TakeBatch(answer, count);
    }
    co_await io.timers().Sleep(UpTo(pace_));
  }
}

async::Task<void> Operator::Make(HttpClient& client, std::string tenant, Credentials& credentials) {
  Ask ask;
  ask.method = "POST";
  ask.path = "/api/tenants";
  ask.body = json{{"id", tenant}, {"name", tenant}}.dump();
  const Answer created = co_await client.Insist(ask);
  if (created.status == 0) co_return;
  // Made by a try whose answer was lost.
  if (created.status != 201 && created.status != 409) {
    Complain("making " + tenant + ": " + Say(created));
  }
  ask.tenant = tenant;
  ask.path = "/api/keys";
  ask.body = json{{"role", "publisher"}}.dump();
  const Answer key = co_await client.Insist(ask);
  if (key.status == 0) co_return;
  if (key.status != 201) Complain("a key of " + tenant + ": " + Say(key));
  ask.path = "/api/tokens";
  ask.body = json{{"user", "reader"}, {"roles", {"viewer"}}, {"ttlSeconds", 86400}}.dump();
  const Answer token = co_await client.Insist(ask);
  if (token.status == 0) co_return;
  if (token.status != 201) Complain("a token of " + tenant + ": " + Say(token));
  credentials.publisher_key = Parsed(key).value("key", "");
  credentials.viewer_token = Parsed(token).value("token", "");
  ++made_;
}

async::Task<void> Operator::Run(Net net, async::IoThread& io) {
  HttpClient client(*this, io, net.socket);
  for (auto& [tenant, credentials] : tenants_) {
    if (stop || !credentials.viewer_token.empty()) continue;
    co_await Make(client, tenant, credentials);
  }
}

async::Task<void> Churner::Run(Net net, async::IoThread& io) {
  HttpClient client(*this, io, net.socket);
  while (!stop && !done()) {
    const bool make = state == State::kGone || (state == State::kUnknown && dice.OneIn(2));
    Ask ask;
    ask.method = make ? "POST" : "DELETE";
    ask.path = make ? "/api/tenants" : "/api/tenants/" + tenant;
    if (make) ask.body = json{{"id", tenant}}.dump();
    state = State::kUnknown;
    const Answer answer = co_await client.Insist(ask);
    if (answer.status == 0) co_return;
    // 409 and 404 may speak of an earlier try of the same, which is still under way.
    if (make && answer.status == 201) {
      state = State::kThere;
    } else if (!make && answer.status == 200) {
      state = State::kGone;
    } else if (answer.status != 409 && answer.status != 404) {
      Complain(ask.method + " " + tenant + ": " + Say(answer));
    }
    --rounds_;
    co_await io.timers().Sleep(UpTo(150ms));
  }
}

}  // namespace notify::simulation
