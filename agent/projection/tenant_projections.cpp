#include "agent/projection/tenant_projections.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "common/model/rfc3339.hpp"

namespace notify::agent::projection {
namespace {

using Shown = nlohmann::ordered_json;

bool StandsBehind(const Generation& generation, Position head) {
  return generation.position.epoch != head.epoch || generation.position.sequence < head.sequence;
}

/// One of an epoch that is gone only serves until the next has caught up.
bool IsOver(const Registered& registered, const Generation& generation, Position head) {
  return generation.role == Generation::Role::kServing && registered.building &&
         generation.position.epoch != head.epoch;
}

Shown PositionOf(Position position) {
  return {{"epoch", position.epoch.value}, {"sequence", position.sequence.value}};
}

Shown TimeOf(std::int64_t ms) {
  std::string text;
  AppendRfc3339(text, ms);
  return text;
}

/// What is kept as JSON text; null where it is empty.
Shown Kept(const std::string& text) {
  return text.empty() ? Shown() : Shown::parse(text, nullptr, false);
}

std::uint64_t LagOf(const Generation& generation, Position head) {
  if (!StandsBehind(generation, head)) return 0;
  const bool same = generation.position.epoch == head.epoch;
  return head.sequence.value - (same ? generation.position.sequence.value : 0);
}

Shown RebuildOf(const Generation& building, Position head, Clock::TimePoint now) {
  const auto done = static_cast<double>(building.position.sequence.value);
  const auto whole = static_cast<double>(head.sequence.value);
  Shown shown = {{"version", building.version},
                 {"position", PositionOf(building.position)},
                 {"progress", whole > 0 ? std::min(done / whole, 1.0) : 1.0},
                 {"eventsPerSecond", nullptr},
                 {"etaSeconds", nullptr},
                 {"keys", building.keys},
                 {"skipped", building.skipped},
                 {"gap", Kept(building.gap)},
                 {"startedAt", TimeOf(building.started_ms)}};
  if (!building.measured_at || *building.measured_at >= now) return shown;
  const std::chrono::duration<double> took = now - *building.measured_at;
  const auto read = done - static_cast<double>(building.measured_from.sequence.value);
  const double speed = read / took.count();
  shown["eventsPerSecond"] = static_cast<std::int64_t>(speed);
  if (speed > 0) {
    shown["etaSeconds"] = static_cast<std::int64_t>(std::max(whole - done, 0.0) / speed);
  }
  return shown;
}

}  // namespace

std::vector<std::int64_t> TenantProjections::NextGroup(Position& from) {
  std::vector<std::pair<Generation*, bool>> all;
  for (auto& [name, one] : registered) {
    all.emplace_back(&one.serving, IsOver(one, one.serving, head));
    if (one.building) all.emplace_back(&*one.building, false);
  }
  const Generation* next = nullptr;
  for (const auto& [generation, over] : all) {
    if (over || !StandsBehind(*generation, head)) continue;
    if (next == nullptr || generation->turn < next->turn) next = generation;
  }
  std::vector<std::int64_t> group;
  if (next == nullptr) return group;
  from = next->position;
  ++turn_;
  for (const auto& [generation, over] : all) {
    if (over || generation->position != from) continue;
    generation->turn = turn_;
    group.push_back(generation->id);
  }
  return group;
}

bool TenantProjections::IsBehind() const {
  return std::ranges::any_of(registered, [this](const auto& named) {
    const Registered& one = named.second;
    const bool over = IsOver(one, one.serving, head);
    return (!over && StandsBehind(one.serving, head)) ||
           (one.building && StandsBehind(*one.building, head));
  });
}

std::pair<Registered*, Generation*> TenantProjections::Find(std::int64_t generation) {
  for (auto& [name, one] : registered) {
    if (one.serving.id == generation) return {&one, &one.serving};
    if (one.building && one.building->id == generation) return {&one, &*one.building};
  }
  return {nullptr, nullptr};
}

std::string TenantProjections::Json(const Registered& one, Clock::TimePoint now) const {
  const Generation& serving = one.serving;
  const std::uint64_t lag = LagOf(serving, head);
  const char* status = one.building ? "rebuilding" : lag > 0 ? "catching_up" : "live";
  // The definition that was asked for last, also while another serves.
  const Definition& definition = one.building ? one.building->definition : serving.definition;
  const Shown shown = {{"name", one.name},
                       {"builtin", false},
                       {"status", status},
                       {"version", one.version},
                       {"definition", Shown::parse(DefinitionJson(definition), nullptr, false)},
                       {"servingVersion", serving.version},
                       {"position", PositionOf(serving.position)},
                       {"head", PositionOf(head)},
                       {"lag", lag},
                       {"keys", serving.keys},
                       {"bytes", serving.bytes},
                       {"events", serving.events},
                       {"skipped", serving.skipped},
                       {"lastSkipped", Kept(serving.last_skipped)},
                       {"gap", Kept(serving.gap)},
                       {"error", last ? Shown() : Shown(last.error().detail)},
                       {"rebuild", one.building ? RebuildOf(*one.building, head, now) : Shown()},
                       {"createdAt", TimeOf(one.created_ms)},
                       {"updatedAt", TimeOf(one.updated_ms)}};
  return shown.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace notify::agent::projection
