#include "tests/simulation/hub_sessions.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace notify::simulation {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

// Sessions are kept every second; a disk may take its time.
constexpr auto kSurelyKept = 3s;

json Parsed(const signalr::Completion& completion) {
  json value = json::parse(*completion.result, nullptr, false);
  return value.is_object() ? value : json::object();
}

std::string Show(const Seen& event) { return std::to_string(event.sequence) + " " + event.id; }

}  // namespace

bool ShowingClient::ShowOnce(const Told& told) {
  const auto place = std::ranges::lower_bound(seen, told.event.sequence, {}, &Seen::sequence);
  if (place == seen.end() || place->sequence != told.event.sequence) {
    seen.insert(place, told.event);
    return true;
  }
  if (*place != told.event) {
    Complain("was shown " + Show(*place) + ", now it is " + Show(told.event));
  } else if (!told.redelivered) {
    Complain(Show(told.event) + " came again without a mark");
  }
  return false;
}

async::Task<void> ResumingClient::Run(Net net, async::IoThread& io) {
  ++life_;
  co_await Subscriber::Run(net, io);
}

void ResumingClient::Begin() {
  joined_ = false;
  last_here_ = 0;
  early_.clear();
}

void ResumingClient::Welcomed(std::string_view argument) {
  next_ = json::parse(argument).value("session", "");
  if (session_.empty()) return Subscribe();
  const std::string session = json(session_).dump();
  Call("resume", "Resume", {session});
}

void ResumingClient::Subscribe() {
  const json argument = {{"types", {pattern()}}, {"from", json::parse(After(after_))}};
  const std::string text = argument.dump();
  Call("subscribe", "Subscribe", {text});
}

void ResumingClient::Answered(const signalr::Completion& completion) {
  // The disk may fail under the agent; then it says so, and we come again.
  if (completion.error || !completion.result) return Leave();
  const json answer = Parsed(completion);
  const bool resuming = completion.invocation_id == "resume";
  if (resuming && (!answer.value("resumed", false) || answer["subscriptions"].size() != 1)) {
    if (promised()) Complain("its session is lost: " + answer.dump());
    session_.clear();
    early_.clear();
    return Subscribe();
  }
  if (answer.contains("gap")) Complain("a gap: " + answer.dump());
  session_ = next_;
  session_life_ = life_;
  kept_ = false;
  joined_ = true;
  if (!resuming) {
    // The replay has all behind that again.
    early_.clear();
    std::erase_if(seen, [this](const Seen& event) { return event.sequence > after_; });
    return;
  }
  ++resumed;
  for (const Told& told : std::exchange(early_, {})) ShowOnce(told);
}

void ResumingClient::Came(std::string_view envelope) {
  const auto told = Read(envelope);
  if (!told) return;
  if (joined_) return Follow(*told);
  early_.push_back(*told);
}

void ResumingClient::Follow(const Told& told) {
  if (told.event.sequence <= last_here_) {
    Complain(Show(told.event) + " came behind " + std::to_string(last_here_));
  }
  last_here_ = told.event.sequence;
  after_ = std::max(after_, last_here_);
  ShowOnce(told);
}

void ResumingClient::Handled(Clock::TimePoint now) {
  if (!joined_) {
    joined_at_ = now;
  } else if (now - joined_at_ > kSurelyKept) {
    kept_ = true;
  }
}

void AcknowledgingClient::Welcomed(std::string_view /*argument*/) {
  json argument = {{"types", {pattern()}}, {"ack", true}, {"name", "work"}};
  if (!exists_) argument["from"] = json::parse(After(0));
  const std::string text = argument.dump();
  Call("subscribe", "Subscribe", {text});
}

void AcknowledgingClient::Answered(const signalr::Completion& completion) {
  if (completion.error) return Leave();
  if (completion.invocation_id == "subscribe") {
    subscribed_ = exists_ = true;
    asked_ = acknowledged;
    const json answer = Parsed(completion);
    if (answer.contains("gap")) Complain("a gap: " + answer.dump());
  } else {
    acknowledged = std::max<std::uint64_t>(acknowledged, std::stoull(completion.invocation_id));
  }
}

void AcknowledgingClient::Came(std::string_view envelope) {
  const auto told = Read(envelope);
  // What is broadcast comes until the subscription holds it.
  if (!told || !subscribed_) return;
  if (told->event.sequence <= acknowledged) {
    Complain(Show(told->event) + " came after its acknowledgement was answered");
  }
  const bool first = ShowOnce(*told);
  if (first && told->event.sequence != last()) {
    Complain(Show(told->event) + " came behind " + Show(seen.back()));
  }
}

void AcknowledgingClient::Handled(Clock::TimePoint /*now*/) {
  if (!subscribed_ || last() <= asked_ || !dice.OneIn(3)) return;
  asked_ = last();
  const std::string name = json("work").dump();
  const std::string position = After(asked_);
  Call(std::to_string(asked_), "Ack", {name, position});
}

}  // namespace notify::simulation
