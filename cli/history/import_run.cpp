#include "cli/history/import_run.hpp"

#include <algorithm>

namespace notify::cli::history {
namespace {

using std::chrono::milliseconds;

constexpr auto kSaveEvery = milliseconds(200);
constexpr milliseconds kFirstWait{100};
constexpr milliseconds kLongestWait{5'000};

bool IsTooLarge(Errc code) {
  return code == Errc::kBatchTooLarge || code == Errc::kBatchTooLargeForQuota ||
         code == Errc::kBodyTooLarge;
}

bool IsAway(Errc code) {
  return code == Errc::kAgentUnreachable || code == Errc::kTimeout || code == Errc::kUnavailable ||
         code == Errc::kOutcomeUnknown;
}

bool IsBusy(Errc code) {
  return code == Errc::kRateLimited || code == Errc::kQuotaExceeded || code == Errc::kOverloaded;
}

struct Refused {
  std::uint64_t line = 0;
  std::string code;
  std::string why;
};

}  // namespace

ImportRun::ImportRun(client::ApiClient& api, RecordSource& source, Rejections& rejections,
                     const Interrupts& interrupts, const Clock& clock, ImportSettings settings,
                     Checkpoint from)
    : api_(api),
      source_(source),
      rejections_(rejections),
      interrupts_(interrupts),
      clock_(clock),
      settings_(std::move(settings)),
      batcher_(source, settings_.batch, from.line, settings_.stop_on_error),
      at_(std::move(from)),
      answered_(clock.Now()),
      saved_(clock.Now()) {}

Status ImportRun::Run(const std::function<void(const RecordSource&)>& progress) {
  auto done = Loop(progress);
  at_.complete = done.has_value();
  auto saved = Save(/*now=*/true);
  return done ? saved : done;
}

Status ImportRun::Loop(const std::function<void(const RecordSource&)>& progress) {
  for (;;) {
    if (interrupts_.descriptor() >= 0 && interrupts_.Wait(milliseconds(0))) {
      return Fail(Errc::kInterrupted, "Interrupted.");
    }
    if (auto filled = Fill(); !filled) return filled;
    if (pending_.empty()) return {};
    if (auto exchanged = Exchange(); !exchanged) return exchanged;
    progress(source_);
    if (stopped_) {
      return Fail(Errc::kInvalidArgument,
                  "The import stopped at line " + std::to_string(at_.line + 1) +
                      "; what is before it is stored.",
                  "mend the file and go on with --changed, or pass over bad lines with "
                  "--on-error skip");
    }
    if (auto saved = Save(/*now=*/false); !saved) return saved;
  }
}

Status ImportRun::Fill() {
  while (!read_all_ && pending_.size() < settings_.in_flight) {
    Batch batch;
    const auto read = batcher_.Next(batch);
    if (!read) return read.error();
    read_all_ = !*read;
    if (*read) pending_.push_back(std::move(batch));
  }
  return {};
}

/// One answer, or one failure that more patience may cure.
Status ImportRun::Exchange() {
  if (pending_.front().events == 0) return Settle(Value::Object());
  auto sent = SendUnsent();
  if (sent_ == 0) return Recover(sent.error());
  // An answer that came before the connection broke says more than that it broke.
  auto answer = calls_->Next(interrupts_.descriptor());
  if (!answer) return Recover(!sent && IsAway(answer.error().code) ? sent.error() : answer.error());
  failures_ = 0;
  answered_ = clock_.Now();
  auto settled = Settle(*answer);
  if (settled && !calls_->open()) {
    calls_.reset();
    sent_ = 0;
  }
  return settled;
}

Status ImportRun::SendUnsent() {
  if (!calls_) {
    auto opened = api_.Ordered();
    if (!opened) return opened.error();
    calls_ = std::move(*opened);
    sent_ = 0;
  }
  while (sent_ < pending_.size() && calls_->open()) {
    // A batch without events is not sent; it waits for its turn to be reported.
    if (pending_[sent_].events > 0) {
      auto sent = calls_->Send(RequestOf(pending_[sent_]));
      ++sent_;
      if (!sent) return sent;
    } else {
      ++sent_;
    }
  }
  return {};
}

client::Request ImportRun::RequestOf(const Batch& batch) const {
  client::Request request{
      .operation = "importEvents", .content_type = "application/x-ndjson", .body = batch.body};
  request.With("import", at_.import)
      .With("line", std::to_string(batch.first))
      .With("fromTenant", settings_.from_tenant)
      .With("fireTriggers", settings_.fire_triggers ? "true" : "")
      .With("dryRun", settings_.dry_run ? "true" : "")
      .With("onError", settings_.stop_on_error ? "stop" : "skip");
  return request;
}

Status ImportRun::Settle(const Value& answer) {
  const Batch batch = std::move(pending_.front());
  pending_.pop_front();
  if (sent_ > 0) --sent_;
  const auto count = [&answer](std::string_view name) {
    return static_cast<std::uint64_t>(answer.Integer(name).value_or(0));
  };
  std::vector<Refused> refused;
  for (const Record& record : batch.bad) {
    refused.push_back({record.number, std::string(Describe(record.code).name), record.problem});
  }
  const auto* rejected = answer.Find("rejected");
  for (const auto& item : rejected == nullptr ? std::vector<Value>{} : rejected->items()) {
    if (item.Text("code") == Describe(Errc::kTypeReserved).name) {
      ++at_.tally.own;
      continue;
    }
    refused.push_back({static_cast<std::uint64_t>(item.Integer("line").value_or(0)),
                       item.Text("code"), item.Text("detail")});
  }
  std::ranges::sort(refused, {}, &Refused::line);
  stopped_ = settings_.stop_on_error && !refused.empty();
  at_.tally.accepted += count("accepted");
  at_.tally.duplicates += count("duplicates");
  at_.tally.rejected += refused.size();
  at_.line = stopped_ ? refused.front().line - 1 : batch.last;
  if (count("accepted") > 0) {
    stored_.epoch = answer.Integer("epoch").value_or(0);
    stored_.last = answer.Integer("lastSequence").value_or(0);
    if (stored_.first == 0) stored_.first = answer.Integer("firstSequence").value_or(0);
  }
  for (const Refused& one : refused) {
    auto added = rejections_.Add(one.line, one.code, one.why, batch.RecordText(one.line));
    if (!added) return added;
  }
  return {};
}

Status ImportRun::Recover(const Error& error) {
  calls_.reset();
  sent_ = 0;
  if (IsTooLarge(error.code) && pending_.front().events > 1) {
    BatchLimits limits = batcher_.limits();
    limits.events = std::max<std::size_t>(pending_.front().events / 2, 1);
    limits.bytes = std::max<std::size_t>(pending_.front().body.size() / 2, kMostRecordBytes);
    batcher_.Limit(limits);
    std::deque<Batch> smaller;
    for (const Batch& batch : pending_) {
      for (Batch& piece : Split(batch, limits.events)) smaller.push_back(std::move(piece));
    }
    pending_ = std::move(smaller);
    return {};
  }
  if (IsBusy(error.code)) {
    answered_ = clock_.Now();
    return Wait(error.retry_after ? std::chrono::ceil<milliseconds>(*error.retry_after)
                                  : kFirstWait);
  }
  if (!IsAway(error.code) || clock_.Now() - answered_ >= settings_.patience) return error;
  const auto wait = kFirstWait * (1 << std::min(failures_++, 6));
  return Wait(std::min(wait, kLongestWait));
}

Status ImportRun::Wait(milliseconds time) {
  if (interrupts_.Wait(time)) return Fail(Errc::kInterrupted, "Interrupted.");
  return {};
}

Status ImportRun::Save(bool now) {
  if (settings_.checkpoint_path.empty()) return {};
  if (!now && clock_.Now() - saved_ < kSaveEvery) return {};
  saved_ = clock_.Now();
  return WriteCheckpoint(settings_.checkpoint_path, at_);
}

}  // namespace notify::cli::history
