#include "cli/event/tail_loop.hpp"

#include <algorithm>

#include "cli/event/tail_line.hpp"
#include "cli/files.hpp"
#include "common/ids.hpp"

namespace notify::cli::event {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{5'000};
// The agent sends something at least every 15 s; a silence of three times that is a dead peer.
constexpr milliseconds kSilence{45'000};
constexpr milliseconds kCaughtUp{500};

bool MayPass(const Error& error) {
  return error.code == Errc::kAgentUnreachable || error.code == Errc::kTimeout ||
         Describe(error.code).retryable;
}

}  // namespace

TailLoop::TailLoop(const EventTailOptions& options, client::ApiClient& client,
                   output::Format format, const Interrupts& interrupts)
    : options_(options), client_(client), format_(format), interrupts_(interrupts) {}

Status TailLoop::Run() {
  auto ready = CheckPosition(options_.filter.after);
  if (ready) ready = LoadState();
  if (ready) ready = FindStart();
  if (!ready) return ready;
  auto wait = kFirstWait;
  while (!Full()) {
    auto source = Connect();
    Error ended;
    if (source) {
      wait = kFirstWait;
      auto followed = Follow(**source);
      if (followed) return followed;
      ended = std::move(followed.error());
    } else {
      ended = std::move(source.error());
      if (!ever_connected_) return ended;
    }
    if (!MayPass(ended)) return ended;
    if (interrupts_.Wait(wait)) return Fail(Errc::kInterrupted, "Interrupted.");
    wait = std::min(wait * 2, kLongestWait);
  }
  return {};
}

Result<std::unique_ptr<client::EventSource>> TailLoop::Connect() {
  client::Request request{.operation = "streamEvents"};
  auto filter = options_.filter;
  filter.since.clear();
  if (!position_.empty()) {
    filter.after.clear();
    request.headers.emplace_back("Last-Event-ID", position_);
  }
  ApplyFilter(filter, request);
  auto source = client_.Open(request);
  if (!source) return source;
  if (ever_connected_) replayed_ = 0;
  ever_connected_ = true;
  connected_at_ = options_.factory->clock().Now();
  return source;
}

// Success: the limit is reached. Everything else ends this connection.
Status TailLoop::Follow(client::EventSource& source) {
  while (!Full()) {
    auto messages = source.Read(replayed_ ? kCaughtUp : kSilence, interrupts_.descriptor());
    if (!messages && messages.error().code == Errc::kTimeout && replayed_) {
      TellReconnected();
      continue;
    }
    if (!messages) return std::move(messages.error());
    auto printed = Print(*messages);
    auto remembered = Remember();
    if (!printed) return printed;
    if (!remembered) return remembered;
    constexpr std::chrono::seconds kLongestCatchUp{2};
    if (replayed_ && options_.factory->clock().Now() - connected_at_ > kLongestCatchUp) {
      TellReconnected();
    }
  }
  TellReconnected();
  return {};
}

Status TailLoop::Print(const std::vector<client::SseMessage>& messages) {
  for (const auto& message : messages) {
    if (Full()) return {};
    if (message.event == "gap") {
      auto told = TellGap(message);
      if (!told) return told;
    } else if (message.event.empty() && message.has_data) {
      auto printed = PrintOne(message);
      if (!printed) return printed;
    } else if (message.event == "error" && message.has_data) {
      options_.factory->streams().Err("error: " + message.data + "\n");
    }
    if (!message.id.empty()) printed_ = message.id;
  }
  return {};
}

Status TailLoop::PrintOne(const client::SseMessage& message) {
  // A stream that begins before the last line, after a reconnect, must not repeat it.
  const auto here = Position::Parse(message.id);
  const auto last = Position::Parse(printed_);
  // Sent again by `event replay` it has no id of its own and is always printed.
  if (message.has_id && here && last && here->epoch == last->epoch &&
      here->sequence <= last->sequence)
    return {};
  options_.factory->streams().Out(TailLine(message.data, format_));
  ++count_;
  if (replayed_) ++*replayed_;
  return {};
}

Status TailLoop::TellGap(const client::SseMessage& message) {
  const auto gap = Value::Parse(message.data).value_or(Value{});
  const auto position = [&](std::string_view member) {
    const auto* value = gap.Find(member);
    return value == nullptr ? std::string("?")
                            : value->Text("epoch") + "-" + value->Text("sequence");
  };
  auto missed = gap.Text("missed");
  auto text = "gap: the log cannot go on behind " + position("requested") + " (" +
              gap.Text("reason") + "); it goes on behind " + position("resumedAfter") + ", " +
              (missed.empty() ? "an unknown number of" : missed) + " events missing";
  if (options_.exit_on_gap) return Fail(Errc::kGap, text + ".");
  options_.factory->streams().Err(text + "\n");
  return {};
}

Status TailLoop::Remember() {
  auto flushed = options_.factory->streams().Flush();
  if (!flushed) return flushed;
  position_ = printed_;
  if (options_.state.empty() || position_ == saved_) return {};
  auto written = WriteFileAtomically(options_.state, position_ + "\n", 0600);
  if (written) saved_ = position_;
  return written;
}

Status TailLoop::LoadState() {
  if (options_.state.empty() || !FileExists(options_.state)) return {};
  auto text = ReadFile(options_.state);
  if (!text) return std::move(text.error());
  while (text->ends_with('\n')) text->pop_back();
  if (text->empty()) return {};
  if (!Position::Parse(*text)) {
    return Fail(Errc::kInvalidArgument, options_.state + " does not hold a position.",
                "remove it to begin anew");
  }
  position_ = printed_ = saved_ = *text;
  return {};
}

// Without a position the stream begins where the log ends when it is opened, and what comes while
// the agent is away would be lost. A subscriber may not list, and gets just that.
Status TailLoop::FindStart() {
  if (!position_.empty() || !options_.filter.after.empty()) return {};
  const auto head = PositionOf(client::Request{.operation = "listEvents"}.With("last", "1"), 0);
  if (!head) return head.error().code == Errc::kForbidden ? Status{} : head.error();
  position_ = printed_ = head->empty() ? "0-0" : *head;
  if (options_.filter.since.empty()) return {};
  const auto first = PositionOf(client::Request{.operation = "listEvents"}
                                    .With("since", options_.filter.since)
                                    .With("limit", "1"),
                                1);
  if (!first) return first.error();
  if (!first->empty()) position_ = printed_ = *first;
  return {};
}

// The position `back` events before the first one listed; empty where none is.
Result<std::string> TailLoop::PositionOf(const client::Request& request, std::int64_t back) {
  const auto list = client_.Call(request);
  if (!list) return list.error();
  const auto* items = list->Find("items");
  if (items == nullptr || items->items().empty()) return std::string{};
  const auto& event = items->items().front();
  return event.Text("epoch") + "-" +
         std::to_string(event.Integer("sequence").value_or(back) - back);
}

bool TailLoop::Full() const { return options_.limit && count_ >= *options_.limit; }

void TailLoop::TellReconnected() {
  if (!replayed_) return;
  options_.factory->streams().Err("reconnected, replayed " + std::to_string(*replayed_) + "\n");
  replayed_.reset();
}

}  // namespace notify::cli::event
