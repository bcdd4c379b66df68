#include "agent/eventlog/stream_versions.hpp"

#include <utility>

namespace notify::agent::eventlog {

Result<StreamHead> StreamVersions::Head(const TenantHandle& tenant, const StreamKey& stream) {
  for (const Heads* heads : {&young_.heads, &old_.heads, &stored_}) {
    if (const auto found = heads->find(stream); found != heads->end()) return found->second;
  }
  const auto stored = log_.Stream(tenant, stream);
  if (stored) Remember(stream, *stored);
  return stored;
}

void StreamVersions::Note(std::uint64_t generation, const StreamKey& stream,
                          const StreamHead& head) {
  if (generation != young_.number) {
    old_ = std::exchange(young_, Generation{});
    young_.number = generation;
  }
  young_.heads[stream] = head;
}

void StreamVersions::Moved(std::uint64_t generation) {
  for (Generation* each : {&old_, &young_}) {
    if (each->number > generation) continue;
    for (const auto& [stream, head] : each->heads) Remember(stream, head);
    *each = Generation{};
  }
}

void StreamVersions::Remember(const StreamKey& stream, const StreamHead& head) {
  if (const auto found = stored_.find(stream); found != stored_.end()) {
    found->second = head;
    return;
  }
  if (memory_.used >= memory_.limit) Forget();
  if (memory_.used >= memory_.limit) return;
  stored_.emplace(stream, head);
  ++memory_.used;
}

void StreamVersions::Forget() {
  memory_.used -= stored_.size();
  stored_.clear();
}

}  // namespace notify::agent::eventlog
