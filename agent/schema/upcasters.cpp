#include "agent/schema/upcasters.hpp"

#include <charconv>

#include "common/json_text.hpp"

namespace notify::agent::schema {
namespace {

std::int64_t VersionOf(const Upcasters::Chain& chain, const EventView& event,
                       std::int64_t recorded_ms) {
  if (const auto named = VersionNamed(event.dataschema, event.type)) return *named;
  std::int64_t newest = 0;
  for (const auto& [version, began_ms] : chain.versions) {
    if (began_ms <= recorded_ms) newest = version;
  }
  return newest;
}

}  // namespace

std::optional<std::int64_t> VersionNamed(std::string_view uri, std::string_view type) {
  const auto slash = uri.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string expected = "/api/schemas/" + std::string(type) + "/versions";
  if (!uri.substr(0, slash).ends_with(expected)) return std::nullopt;
  const std::string_view digits = uri.substr(slash + 1);
  std::int64_t number = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = ec == std::errc() && end == digits.data() + digits.size() && number > 0;
  return whole ? number : 0;
}

const Upcasters::Chain* Upcasters::Find(std::string_view type) const {
  const auto found = chains_.find(type);
  return found == chains_.end() ? nullptr : &found->second;
}

Upcasters::Outcome Upcasters::Lift(EventView& event, std::int64_t recorded_ms,
                                   LiftedParts& parts) const {
  const Chain* chain = Find(event.type);
  if (chain == nullptr || event.data_kind != DataKind::kJson) return Outcome::kAsStored;
  const std::int64_t from = VersionOf(*chain, event, recorded_ms);
  auto step = chain->steps.find(from);
  if (step == chain->steps.end()) return Outcome::kAsStored;
  auto data = JsonValue::Parse(event.data);
  if (!data) return Outcome::kAsStored;
  std::int64_t version = from;
  for (; step != chain->steps.end(); step = chain->steps.find(version)) {
    if (auto applied = step->second.upcaster.Apply(*data); !applied) {
      step->second.failed->fetch_add(1, std::memory_order_relaxed);
      parts.error.clear();
      AppendJsonString(parts.error, "Version " + std::to_string(version) +
                                        " is not lifted: " + applied.error().detail);
      event.extensions.push_back({kUpcastErrorAttribute, parts.error});
      return Outcome::kFailed;
    }
    ++version;
  }
  parts.data = data->Compact();
  event.data = parts.data;
  if (VersionNamed(event.dataschema, event.type)) {
    // The same URI but for its number.
    parts.dataschema = event.dataschema.substr(0, event.dataschema.rfind('/') + 1);
    parts.dataschema += std::to_string(version);
    event.dataschema = parts.dataschema;
  }
  parts.from = std::to_string(from);
  parts.to = std::to_string(version);
  event.extensions.push_back({kUpcastFromAttribute, parts.from});
  event.extensions.push_back({kUpcastToAttribute, parts.to});
  return Outcome::kLifted;
}

void Upcasters::Set(const std::string& type, Chain chain) {
  if (chain.steps.empty()) {
    chains_.erase(type);
  } else {
    chains_[type] = std::move(chain);
  }
}

}  // namespace notify::agent::schema
