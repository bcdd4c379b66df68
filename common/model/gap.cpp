#include "common/model/gap.hpp"

namespace notify {

std::string_view GapReasonName(Gap::Reason reason) {
  switch (reason) {
    case Gap::Reason::kEpoch:
      return "epoch";
    case Gap::Reason::kRetention:
      return "retention";
    case Gap::Reason::kAhead:
      return "ahead";
    case Gap::Reason::kDamaged:
      return "damaged";
  }
  return "epoch";
}

std::string PositionJson(const Position& position) {
  return "{\"epoch\":" + std::to_string(position.epoch.value) +
         ",\"sequence\":" + std::to_string(position.sequence.value) + "}";
}

std::string GapJson(const Gap& gap) {
  std::string out = "{\"reason\":\"";
  out += GapReasonName(gap.reason);
  out += "\",\"requested\":" + PositionJson(gap.requested);
  out += ",\"resumedAfter\":" + PositionJson(gap.resumed_after);
  out += ",\"missed\":" + (gap.missed ? std::to_string(*gap.missed) : "null") + "}";
  return out;
}

}  // namespace notify
