#include "agent/projection/tables.hpp"

#include <array>

namespace notify::agent::projection {
namespace {

// Keys and states are what events hold, so they are sealed with the tenant's key, and a key is
// found by its keyed hash.
constexpr std::array<std::string_view, 3> kSteps = {R"(
CREATE TABLE projection_counts(
  metric INTEGER NOT NULL, minute INTEGER NOT NULL, key TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY(metric, minute, key)) WITHOUT ROWID;
CREATE TABLE projection_position(
  one INTEGER PRIMARY KEY CHECK(one=1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL))",
                                                    R"(
CREATE TABLE projection_registered(
  name TEXT PRIMARY KEY, version INTEGER NOT NULL, created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE projection_generations(
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, role INTEGER NOT NULL,
  definition TEXT NOT NULL, version INTEGER NOT NULL, epoch INTEGER NOT NULL,
  sequence INTEGER NOT NULL, keys INTEGER NOT NULL, bytes INTEGER NOT NULL,
  events INTEGER NOT NULL, skipped INTEGER NOT NULL, last_skipped TEXT NOT NULL,
  gap TEXT NOT NULL, started_ms INTEGER NOT NULL);
CREATE INDEX projection_generations_of ON projection_generations(name, role);
CREATE TABLE projection_states(
  generation INTEGER NOT NULL, key_hash BLOB NOT NULL, sequence INTEGER NOT NULL,
  state BLOB NOT NULL, PRIMARY KEY(generation, key_hash)) WITHOUT ROWID)",
                                                    R"(
CREATE TABLE projection_counts_next(
  metric INTEGER NOT NULL, minute INTEGER NOT NULL, key TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY(metric, minute, key)) WITHOUT ROWID;
CREATE TABLE projection_position_next(
  one INTEGER PRIMARY KEY CHECK(one=1), epoch INTEGER NOT NULL, sequence INTEGER NOT NULL))"};

}  // namespace

const store::StageSchema kProjectionSchema = {"projection", kSteps};

}  // namespace notify::agent::projection
