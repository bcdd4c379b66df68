#include "agent/eventlog/stream_numbering.hpp"

#include <utility>

#include "agent/eventlog/blocks/block_keys.hpp"

namespace notify::agent::eventlog {

Result<StreamNumbering::Outcome> StreamNumbering::Take(const StreamedEvent& event,
                                                       Sequence sequence) {
  const auto [found, is_new] = streams_.try_emplace(event.stream);
  State& state = found->second;
  if (is_new) {
    auto head = versions_.Head(tenant_, event.stream);
    if (!head) return head.error();
    state.head = *head;
  }
  const std::uint64_t current = state.head.version;
  const bool follows = state.refused && !each_alone_;
  const bool expected = !event.expected || event.expected->Holds(current);
  if (follows || !expected) {
    state.refused = true;
    return Outcome{0, StreamConflict{event.index, current, follows && expected}};
  }
  // An imported stream begins where its history does.
  const bool begins = current == 0;
  state.head.version = (begins && event.expected ? event.expected->version : current) + 1;
  if (begins) state.head.first = sequence;
  state.head.last = sequence;
  if (!std::exchange(state.taken, true)) first_versions_.push_back(state.head.version);
  return Outcome{state.head.version, std::nullopt};
}

void StreamNumbering::Finish(std::uint64_t generation, Sequence first, std::string& keys) {
  for (const auto& [stream, state] : streams_) {
    if (!state.taken) continue;
    AppendStream(keys, first, stream, state.head);
    versions_.Note(generation, stream, state.head);
  }
}

}  // namespace notify::agent::eventlog
