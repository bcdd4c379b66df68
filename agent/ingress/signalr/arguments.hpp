#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/hub/filter.hpp"
#include "common/ids.hpp"
#include "common/result.hpp"

namespace notify::agent::ingress::signalr {

/// The argument of `Subscribe` (contract 7).
struct SubscribeArgument {
  hub::Filter filter;
  std::optional<Position> from;
  bool ack = false;
  std::string name;
};

/// The argument of `StreamEvents`: what `Subscribe` takes, `subjects` and `users`, and `onGap`.
struct StreamArgument {
  hub::Filter filter;
  std::optional<Position> from;
  bool continue_on_gap = false;
};

/// Reads one JSON value. kInvalidArgument with the member that is wrong or unknown; `ack` and
/// `name` go together.
Result<SubscribeArgument> ReadSubscribe(std::string_view json);
Result<StreamArgument> ReadStream(std::string_view json);
/// A position, as `{"epoch": E, "sequence": N}` or `"E-N"`. kInvalidArgument otherwise; `what`
/// names it in the sentence.
Result<Position> ReadPosition(std::string_view json, std::string_view what);
/// A JSON string. kInvalidArgument otherwise; `what` names it in the sentence.
Result<std::string> ReadText(std::string_view json, std::string_view what);

}  // namespace notify::agent::ingress::signalr
