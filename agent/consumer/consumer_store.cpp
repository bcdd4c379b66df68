#include "agent/consumer/consumer_store.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace notify::agent::consumer {
namespace {

constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE consumer_consumers(
  name TEXT PRIMARY KEY, spec TEXT NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  handed_epoch INTEGER NOT NULL, handed INTEGER NOT NULL, marks TEXT NOT NULL, gap TEXT,
  created_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE consumer_dead_letters(
  id TEXT PRIMARY KEY, consumer TEXT NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL,
  type TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, retrying INTEGER NOT NULL,
  failed_ms INTEGER NOT NULL, recorded_ms INTEGER NOT NULL, event BLOB) WITHOUT ROWID;
CREATE INDEX consumer_dead_letters_by_time ON consumer_dead_letters(failed_ms, id);
CREATE INDEX consumer_dead_letters_of ON consumer_dead_letters(consumer, failed_ms, id))"};

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Position PositionOf(std::int64_t epoch, std::int64_t sequence) {
  return {Epoch{static_cast<std::uint64_t>(epoch)}, Sequence{static_cast<std::uint64_t>(sequence)}};
}

// `[[sequence, failures, dead], …]`
std::string MarksText(const Window::Kept& kept) {
  nlohmann::json marks = nlohmann::json::array();
  for (const auto& [sequence, mark] : kept.marks) {
    marks.push_back({sequence, mark.failures, mark.dead});
  }
  return marks.dump();
}

bool ReadMarks(const std::string& text, Window::Kept& kept) {
  const auto marks = nlohmann::json::parse(text, nullptr, false);
  if (!marks.is_array()) return false;
  for (const auto& mark : marks) {
    if (!mark.is_array() || mark.size() != 3 || !mark[0].is_number_unsigned() ||
        !mark[1].is_number_integer() || !mark[2].is_boolean()) {
      return false;
    }
    kept.marks[mark[0].get<std::uint64_t>()] = {mark[1].get<int>(), mark[2].get<bool>()};
  }
  return true;
}

std::optional<Position> ReadPosition(const nlohmann::json& gap, const char* member) {
  const auto found = gap.find(member);
  return found == gap.end() ? std::nullopt : PositionFromJson(*found);
}

// What GapJson wrote; nothing where it is not that.
std::optional<Gap> ReadGap(const std::string& text) {
  const auto shown = nlohmann::json::parse(text, nullptr, false);
  if (!shown.is_object()) return std::nullopt;
  const auto requested = ReadPosition(shown, "requested");
  const auto resumed = ReadPosition(shown, "resumedAfter");
  if (!requested || !resumed) return std::nullopt;
  Gap gap;
  gap.requested = *requested;
  gap.resumed_after = *resumed;
  using enum Gap::Reason;
  for (const auto reason : {kEpoch, kRetention, kAhead, kDamaged}) {
    if (shown.value("reason", "") == GapReasonName(reason)) gap.reason = reason;
  }
  const auto missed = shown.find("missed");
  if (missed != shown.end() && missed->is_number_unsigned()) {
    gap.missed = missed->get<std::uint64_t>();
  }
  return gap;
}

/// A gap as it is bound.
struct GapText {
  explicit GapText(const std::optional<Gap>& gap) : text(gap ? GapJson(*gap) : std::string()) {}
  store::Parameter parameter() const {
    return text.empty() ? store::Parameter(nullptr) : store::Parameter(std::string_view(text));
  }
  std::string text;
};

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

}  // namespace

const store::StageSchema kConsumerSchema = {"consumer", kSteps};

std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

Result<std::vector<StoredConsumer>> ConsumerStore::List() {
  std::vector<StoredConsumer> found;
  Status status;
  auto read = state_.Query(
      "SELECT spec,epoch,sequence,handed_epoch,handed,marks,created_ms,used_ms,gap "
      "FROM consumer_consumers ORDER BY name",
      {}, [&](const store::Row& row) {
        auto spec = SpecFromJson(row.Text(0));
        StoredConsumer consumer;
        if (!spec || !ReadMarks(row.Text(5), consumer.kept)) {
          status = Fail(Errc::kInternal, "A stored consumer cannot be read.");
          return false;
        }
        consumer.spec = std::move(*spec);
        consumer.kept.acknowledged = PositionOf(row.Integer(1), row.Integer(2));
        consumer.kept.handed = PositionOf(row.Integer(3), row.Integer(4));
        consumer.created_ms = row.Integer(6);
        consumer.used_ms = row.Integer(7);
        if (!row.IsNull(8)) consumer.kept.gap = ReadGap(row.Text(8));
        found.push_back(std::move(consumer));
        return true;
      });
  if (read && !status) read = status;
  if (!read) return read.error();
  return found;
}

Status ConsumerStore::Put(const StoredConsumer& consumer) {
  const std::string spec = SpecJson(consumer.spec);
  const std::string marks = MarksText(consumer.kept);
  const GapText gap(consumer.kept.gap);
  const Window::Kept& kept = consumer.kept;
  return Done(
      state_.Run("INSERT OR REPLACE INTO consumer_consumers VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)",
                 {consumer.spec.name, spec, Signed(kept.acknowledged.epoch.value),
                  Signed(kept.acknowledged.sequence.value), Signed(kept.handed.epoch.value),
                  Signed(kept.handed.sequence.value), marks, gap.parameter(), consumer.created_ms,
                  consumer.used_ms}));
}

Status ConsumerStore::Save(const std::string& name, const Window::Kept& kept,
                           std::int64_t used_ms) {
  const std::string marks = MarksText(kept);
  const GapText gap(kept.gap);
  return Done(state_.Run(
      "UPDATE consumer_consumers SET epoch=?2,sequence=?3,handed_epoch=?4,handed=?5,marks=?6,"
      "gap=?7,used_ms=?8 WHERE name=?1",
      {name, Signed(kept.acknowledged.epoch.value), Signed(kept.acknowledged.sequence.value),
       Signed(kept.handed.epoch.value), Signed(kept.handed.sequence.value), marks, gap.parameter(),
       used_ms}));
}

Status ConsumerStore::Delete(const std::string& name) {
  return Done(state_.Run("DELETE FROM consumer_consumers WHERE name=?1", {name}));
}

}  // namespace notify::agent::consumer
