#include "cli/consumer/position.hpp"

#include "common/ids.hpp"

namespace notify::cli::consumer {

std::string PositionText(const Value& object, std::string_view member) {
  const auto* position = object.Find(member);
  if (position == nullptr) return {};
  return position->Text("epoch") + "-" + position->Text("sequence");
}

std::string PositionBody(const std::string& position) {
  return Value::Object().Set("position", position).Compact();
}

Status CheckPosition(const std::string& position) {
  if (Position::Parse(position)) return {};
  return Fail(Errc::kUsage, "\"" + position + "\" is not a position.",
              "use EPOCH-SEQUENCE as `consumer fetch -o json` shows it, or the sequence alone");
}

std::string GapText(const Value& fetched) {
  const auto* gap = fetched.Find("gap");
  if (gap == nullptr || !gap->is_object()) return {};
  const auto missed = gap->Text("missed");
  return "gap: the log cannot go on behind " + PositionText(*gap, "requested") + " (" +
         gap->Text("reason") + "); it goes on behind " + PositionText(*gap, "resumedAfter") + ", " +
         (missed.empty() ? "an unknown number of" : missed) + " events missing";
}

}  // namespace notify::cli::consumer
