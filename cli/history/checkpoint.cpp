#include "cli/history/checkpoint.hpp"

#include "cli/files.hpp"
#include "cli/value.hpp"

namespace notify::cli::history {
namespace {

constexpr unsigned kMode = 0600;

std::uint64_t Count(const Value& value, std::string_view name) {
  return static_cast<std::uint64_t>(value.Integer(name).value_or(0));
}

}  // namespace

Result<std::optional<Checkpoint>> ReadCheckpoint(const std::string& path) {
  if (!FileExists(path)) return std::optional<Checkpoint>();
  const auto text = ReadFile(path);
  if (!text) return text.error();
  const auto value = Value::Parse(*text);
  if (!value || value->Text("import").empty() || !value->Integer("line")) {
    return Fail(Errc::kInvalidArgument, path + " is not the checkpoint of an import.",
                "name another with --checkpoint, or begin again with --restart");
  }
  Checkpoint checkpoint;
  checkpoint.import = value->Text("import");
  checkpoint.content = value->Text("content");
  checkpoint.line = Count(*value, "line");
  checkpoint.tally = {Count(*value, "accepted"), Count(*value, "duplicates"),
                      Count(*value, "rejected"), Count(*value, "own")};
  checkpoint.complete = value->IsTrue("complete");
  return std::optional(std::move(checkpoint));
}

Status WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint) {
  auto value = Value::Object();
  value.Set("import", checkpoint.import)
      .SetText("content", checkpoint.content)
      .Set("line", checkpoint.line)
      .Set("accepted", checkpoint.tally.accepted)
      .Set("duplicates", checkpoint.tally.duplicates)
      .Set("rejected", checkpoint.tally.rejected)
      .Set("own", checkpoint.tally.own)
      .Set("complete", checkpoint.complete);
  return WriteFileAtomically(path, value.Pretty() + "\n", kMode);
}

}  // namespace notify::cli::history
