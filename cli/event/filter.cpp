#include "cli/event/filter.hpp"

#include "common/ids.hpp"

namespace notify::cli::event {

void AddContentFilter(Command& command, Filter& filter) {
  command.Option("--type", "TYPE", filter.types, "only this type, or fx.* (repeatable)");
  command.Option("--subject", "TEXT", filter.subject, "only about this subject");
  command.Option("--userid", "USER", filter.userid, "only for this user");
  command.Option("--topic", "TOPIC", filter.topic, "only with this topic");
}

void AddRange(Command& command, Filter& filter) {
  command.Option("--after", "E-N", filter.after, "begin behind this position");
  command.Option("--since,--from", "TIME", filter.since, "from RFC 3339 or back from now: 1h");
  command.Option("--until,--to", "TIME", filter.until, "up to, exclusive");
}

void ApplyFilter(const Filter& filter, client::Request& request) {
  request.With("after", filter.after).With("since", filter.since).With("until", filter.until);
  for (const auto& type : filter.types) request.With("type", type);
  request.With("subject", filter.subject).With("userid", filter.userid);
  request.With("topic", filter.topic).With("stream", filter.stream);
}

Status CheckPosition(const std::string& after) {
  if (after.empty()) return {};
  const auto position = Position::Parse(after);
  if (position) return {};
  return Fail(Errc::kUsage, "--after: \"" + after + "\" is not a position.",
              "use EPOCH-SEQUENCE as `event list -o wide` shows it, for example 1767225600000-42");
}

}  // namespace notify::cli::event
