#include "cli/event/replay_follow.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "cli/output/progress.hpp"

namespace notify::cli::event {
namespace {

constexpr std::array<output::Column, 13> kReport = {{{"TOKEN", "token"},
                                                     {"STATE", "state"},
                                                     {"TARGET", "target"},
                                                     {"EVENTS", "events"},
                                                     {"SENT", "sent"},
                                                     {"SKIPPED", "skipped"},
                                                     {"FAILED", "failed"},
                                                     {"DUPLICATES", "duplicates"},
                                                     {"SECONDS", "seconds"},
                                                     {"FIRST", "first"},
                                                     {"POSITION", "position"},
                                                     {"GAPS", "gaps"},
                                                     {"ERROR", "error"}}};

constexpr std::uint64_t kWhole = 1000;
// Short enough that an interrupt is answered at once.
constexpr const char* kPoll = "500ms";

std::uint64_t ProgressOf(const Value& replay) {
  const std::string text = replay.Text("progress");
  double progress = 0;
  std::from_chars(text.data(), text.data() + text.size(), progress);
  return static_cast<std::uint64_t>(progress * static_cast<double>(kWhole));
}

}  // namespace

std::span<const output::Column> ReplayReport() { return kReport; }

Status ReplayFollower::Follow(Value replay) {
  token_ = replay.Text("token");
  printer_.Note("Replay " + token_ + " runs; Ctrl-C interrupts it.");
  {
    output::Progress bar(streams_, "replay", kWhole);
    while (replay.Text("state") == "running") {
      bar.Update(ProgressOf(replay));
      if (interrupts_.Wait(std::chrono::milliseconds(0))) return Interrupt();
      client::Request request{.operation = "getReplay", .path = {{"token", token_}}};
      request.With("wait", kPoll);
      auto answer = client_.Call(request);
      if (!answer) return WithToken(std::move(answer.error()));
      replay = std::move(*answer);
    }
  }
  return Report(replay);
}

Status ReplayFollower::Interrupt() {
  client::Request request{.operation = "interruptReplay", .path = {{"token", token_}}};
  auto ended = client_.Call(request);
  if (!ended) return WithToken(std::move(ended.error()));
  if (ended->Text("state") == "completed") return Report(*ended);
  return WithToken(Fail(Errc::kInterrupted, "The replay is interrupted after " +
                                                ended->Text("position") + ", " +
                                                ended->Text("sent") + " events sent."));
}

Status ReplayFollower::Report(const Value& replay) {
  printer_.Object(replay, kReport, "token");
  const auto state = replay.Text("state");
  if (state == "completed") {
    if (replay.Integer("failed").value_or(0) == 0) return {};
    return Fail(Errc::kInternal, replay.Text("failed") + " events were not taken.",
                "the agent's log names each of them");
  }
  auto why = replay.Text("error");
  Error error =
      Fail(Errc::kInterrupted, "The replay is " + state + " after " + replay.Text("position") +
                                   "." + (why.empty() ? "" : " " + why));
  return state == "interrupted" ? WithToken(std::move(error)) : std::move(error);
}

Error ReplayFollower::WithToken(Error error) const {
  error.hint = "notifyctl event replay --resume " + token_ + " goes on where it ended";
  return error;
}

}  // namespace notify::cli::event
