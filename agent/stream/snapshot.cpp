#include "agent/stream/snapshot.hpp"

#include <simdjson.h>

#include "common/model/json_walk.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::stream {
namespace {

constexpr int kDepth = 64;  // As deep as the data of an event.

}  // namespace

Status CheckSnapshotData(std::string text) {
  simdjson::ondemand::parser parser;
  text.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  const simdjson::padded_string_view padded(text.data(), text.size(), text.capacity());
  return CheckJsonDocument(parser, padded, kDepth);
}

std::string SnapshotJson(const Snapshot& snapshot, bool with_data) {
  std::string out = "{\"version\":" + std::to_string(snapshot.version) + ",\"takenAt\":\"";
  AppendRfc3339(out, snapshot.taken_ms);
  out += "\",\"bytes\":" + std::to_string(snapshot.bytes);
  if (with_data) {
    out += ",\"data\":";
    out += snapshot.data;
  }
  return out + "}";
}

}  // namespace notify::agent::stream
