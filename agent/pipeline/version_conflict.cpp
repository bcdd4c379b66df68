#include "agent/pipeline/version_conflict.hpp"

#include <string>

#include "common/version_conflict.hpp"

namespace notify::agent::pipeline {

Error VersionConflict(const eventlog::StreamConflict& conflict) {
  const std::string now = conflict.current_version == 0
                              ? "has no event yet"
                              : "is at version " + std::to_string(conflict.current_version);
  return notify::VersionConflict(
      conflict.current_version,
      conflict.follows_refused
          ? "An event of the stream in front of this one in the request was refused, so this one "
            "was too; the stream " +
                now + "."
          : "The stream " + now + ", which is not the version expected.",
      "Read the events behind the version that you know, decide again, and publish with the "
      "current version.");
}

}  // namespace notify::agent::pipeline
