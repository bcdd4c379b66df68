#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/result.hpp"

namespace notify::cli::history {

/// What became of an import so far.
struct Tally {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t rejected = 0;
  std::uint64_t own = 0;  ///< Events of the agent's own types, which it writes itself.
};

/// How far an import has come, kept in a file so that another run goes on from there.
struct Checkpoint {
  std::string import;      ///< Its id: what makes an event sent twice a duplicate.
  std::string content;     ///< Of the file and the mapping; empty for standard input.
  std::uint64_t line = 0;  ///< Every record up to this one is answered.
  Tally tally;
  bool complete = false;
};

/// Nothing where there is no such file. kInvalidArgument where it is not a checkpoint.
Result<std::optional<Checkpoint>> ReadCheckpoint(const std::string& path);

/// Replaces the file as a whole.
Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint);

}  // namespace notify::cli::history
