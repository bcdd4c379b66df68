#include "cli/agent/restore.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "cli/output/progress.hpp"

namespace notify::cli::agent {
namespace {

constexpr std::size_t kPiece = 256 << 10;

constexpr std::array<output::Column, 4> kLines = {
    {{"FILE", "file"}, {"MADE", "createdAt"}, {"RESTORED", "restored"}, {"LEFT OUT", "left"}}};

/// The backup's bytes, and how far they are.
class Source {
 public:
  static Result<Source> Open(const std::string& path, Streams& streams) {
    Source source(streams);
    if (path == "-") return source;
    std::error_code error;
    const std::uint64_t bytes = std::filesystem::file_size(path, error);
    if (!error) source.file_.emplace(path, std::ios::binary);
    if (error || !source.file_->is_open()) {
      const std::string why = error ? error.message() : std::strerror(errno);
      return Fail(Errc::kNotFound, path + " cannot be read: " + why + ".");
    }
    source.progress_ = std::make_unique<output::Progress>(streams, "Restoring", bytes);
    return source;
  }

  Result<std::string> Next() {
    if (!file_) return streams_.ReadSome(kPiece);
    std::string piece(kPiece, '\0');
    file_->read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(file_->gcount()));
    if (file_->bad()) return Fail(Errc::kInternal, "The backup cannot be read to its end.");
    progress_->Update(read_ += piece.size());
    return piece;
  }

 private:
  explicit Source(Streams& streams) : streams_(streams) {}

  Streams& streams_;
  std::optional<std::ifstream> file_;  // Nothing: standard input.
  std::unique_ptr<output::Progress> progress_;
  std::uint64_t read_ = 0;
};

/// Says who was left out; the first reason that is not 'it is there'.
std::optional<Error> SayLeftOut(const Value& outcome, Streams& streams) {
  std::optional<Error> first;
  for (const Value& one : outcome.At("leftOut")->items()) {
    streams.Err(one.Text("tenant") + ": " + one.Text("code") + ": " + one.Text("detail") + "\n");
    const auto code = ErrcFromName(one.Text("code")).value_or(Errc::kInternal);
    if (!first && code != Errc::kTenantExists) {
      first = Fail(code, "The other tenants are restored; '" + one.Text("tenant") +
                             "' is not: " + one.Text("detail"));
    }
  }
  return first;
}

}  // namespace

Command& AddAgentRestore(Command& noun, Factory& factory, RunHook<AgentRestoreOptions> run) {
  auto& command = noun.Add("restore", "Bring tenants of a backup into the running agent");
  auto& options = command.Own(AgentRestoreOptions{.factory = &factory});
  command.Describe(
      "Takes in the tenants of a backup that the agent does not have, while it serves the others: "
      "their keys, configuration, state and log. What it has is never touched; delete a tenant "
      "first, where its backup is to take its place. Nothing is used before the backup's checksums "
      "are proven. A restored log has a new epoch. The backup must be of the same master key; one "
      "of another, or a lost agent, goes into a folder of its own: "
      "notifyd --data-dir NEW --restore FILE");
  command.Argument("FILE", options.file, "the backup; - is standard input").Required();
  command.Option("--only", "TENANT", options.only, "this tenant (repeatable)");
  command.Example("notifyctl agent restore notifyd.tar --only blue", "a tenant deleted by mistake");
  command.Example("zstd -dc notifyd.tar.zst | notifyctl agent restore -", "from a smaller backup");
  return command.Runs(options, std::move(run));
}

Status RunAgentRestore(const AgentRestoreOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  Streams& streams = options.factory->streams();
  auto source = Source::Open(options.file, streams);
  if (!source) return std::move(source.error());
  auto client = options.factory->Client();
  if (!client) return std::move(client.error());
  std::string only;
  for (const std::string& tenant : options.only) only += (only.empty() ? "" : ",") + tenant;
  client::Request request{.operation = "restoreAgent", .content_type = "application/x-tar"};
  auto outcome =
      (*client)->Upload(request.With("only", only), [&source] { return source->Next(); });
  if (!outcome) return std::move(outcome.error());
  Value shown = Value::Object();
  shown.Set("file", options.file);
  for (const auto& [name, value] : outcome->members()) shown.Set(name, value);
  shown.Set("left", static_cast<std::int64_t>(outcome->At("leftOut")->items().size()));
  printer->Object(shown, kLines, "file");
  auto left_out = SayLeftOut(*outcome, streams);
  return left_out ? Status(std::move(*left_out)) : Status();
}

}  // namespace notify::cli::agent
