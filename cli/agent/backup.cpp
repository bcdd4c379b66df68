#include "cli/agent/backup.hpp"

#include <array>
#include <charconv>

#include "cli/agent/backup_file.hpp"
#include "cli/files.hpp"
#include "cli/interrupts.hpp"
#include "cli/output/progress.hpp"

namespace notify::cli::agent {
namespace {

constexpr std::array<output::Column, 7> kLines = {{{"FILE", "file"},
                                                   {"MADE", "createdAt"},
                                                   {"VERSION", "version"},
                                                   {"MASTER KEY", "masterKeyId"},
                                                   {"TENANTS", "tenants"},
                                                   {"FILES", "files"},
                                                   {"BYTES", "bytes"}}};

std::uint64_t EstimateOf(const client::Download& backup) {
  const std::string text = backup.Header("X-Estimated-Bytes");
  std::uint64_t bytes = 0;
  std::from_chars(text.data(), text.data() + text.size(), bytes);
  return bytes;
}

/// What comes goes to standard output as it is; it ends in its own checksums.
Status Pass(client::Download& backup, Streams& streams) {
  const auto interrupts = Interrupts::Catch();
  BackupMembers members;
  archive::ArchiveReader reader(members);
  while (true) {
    const auto piece = backup.Read(interrupts.descriptor());
    if (!piece) return piece.error();
    if (piece->empty()) break;
    if (auto fed = reader.Feed(*piece); !fed) return fed;
    streams.Out(*piece);
  }
  if (auto flushed = streams.Flush(); !flushed) return flushed;
  return reader.Finish();
}

Result<Value> Keep(client::Download& backup, const std::string& path, Streams& streams) {
  const auto interrupts = Interrupts::Catch();
  auto file = BackupFileWriter::Create(path);
  if (!file) return file.error();
  output::Progress progress(streams, "Backing up", EstimateOf(backup));
  std::uint64_t written = 0;
  while (true) {
    const auto piece = backup.Read(interrupts.descriptor());
    if (!piece) return piece.error();
    if (piece->empty()) break;
    if (auto kept = (*file)->Write(*piece); !kept) return kept.error();
    progress.Update(written += piece->size());
  }
  if (auto finished = (*file)->Finish(); !finished) return finished.error();
  Value made = Value::Object();
  made.Set("file", path);
  const Value summary = (*file)->Summary();
  for (const auto& [name, value] : summary.members()) made.Set(name, value);
  return made;
}

}  // namespace

Command& AddAgentBackup(Command& noun, Factory& factory, RunHook<AgentBackupOptions> run) {
  auto& command = noun.Add("backup", "Copy everything but the master key into one file");
  auto& options = command.Own(AgentBackupOptions{.factory = &factory});
  command.Describe(
      "A tar file, made while the agent serves: platform.db, and each tenant's state and log as "
      "they were at one moment. Its last member, SHA256SUMS, proves the others, and is checked as "
      "it comes. All data in it is encrypted; the master key is not in it, so keep that elsewhere. "
      "Restore it into an empty folder with: notifyd --data-dir NEW --restore FILE");
  command.Argument("FILE", options.file, "where to write it; - is standard output").Required();
  command.Flag("-y,--yes", options.replace, "replace FILE where it is there");
  command.Example("notifyctl agent backup notifyd.tar", "a backup");
  command.Example("notifyctl agent backup - | zstd > notifyd.tar.zst", "a smaller one");
  return command.Runs(options, std::move(run));
}

Status RunAgentBackup(const AgentBackupOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  const bool to_output = options.file == "-";
  if (to_output && options.factory->streams().out_is_terminal()) {
    return Fail(Errc::kUsage, "A backup is not for a terminal.", "notifyctl agent backup FILE");
  }
  if (!to_output && !options.replace && FileExists(options.file)) {
    return Fail(Errc::kConflict, options.file + " is there already.",
                "replace it with --yes, or choose another name");
  }
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  auto backup = (*client)->Fetch({.operation = "backupAgent"});
  if (!backup) return std::move(backup.error());
  if (to_output) return Pass(**backup, options.factory->streams());
  auto made = Keep(**backup, options.file, options.factory->streams());
  if (!made) return std::move(made.error());
  printer->Object(*made, kLines, "file");
  const std::string missing = made->Text("missing");
  if (made->At("missing")->items().empty()) return {};
  return Fail(Errc::kInternal,
              "The backup is kept, but tenants are missing in it: " + missing + ".",
              "The agent's log says why; one that was deleted meanwhile is no fault.");
}

}  // namespace notify::cli::agent
