#include "cli/top_level/doctor.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <array>

#include "cli/files.hpp"
#include "common/encoding.hpp"
#include "common/units.hpp"

namespace notify::cli::top_level {
namespace {

constexpr std::array<output::Column, 4> kColumns = {
    {{"CHECK", "check"}, {"STATE", "state"}, {"FINDING", "finding"}, {"REMEDY", "remedy"}}};

class Examination {
 public:
  explicit Examination(Factory& factory) : factory_(factory) {}

  void Run() {
    CheckContexts();
    if (!CheckEndpoint()) return;
    if (!CheckAgent()) return;
    CheckCredential();
    CheckToken();
    CheckClock();
    CheckDataFolder();
  }

  Value findings() const { return findings_; }
  bool broken() const { return broken_; }

 private:
  void Say(std::string_view check, std::string_view state, const std::string& finding,
           const std::string& remedy = {}) {
    broken_ = broken_ || state == "fail";
    auto item = Value::Object();
    item.Set("check", check).Set("state", state).Set("finding", finding).Set("remedy", remedy);
    findings_.Add(std::move(item));
  }

  void CheckContexts() {
    const auto path = factory_.ContextsPath();
    const auto contexts = client::LoadContexts(path);
    if (!contexts) return Say("contexts", "fail", contexts.error().detail, contexts.error().hint);
    struct stat info {};
    if (path.empty() || ::stat(path.c_str(), &info) != 0) {
      return Say("contexts", "ok", "none are remembered");
    }
    if ((info.st_mode & 0077U) != 0) {
      return Say("contexts", "warn", path + " can be read by others, and may hold tokens",
                 "chmod 600 " + path);
    }
    Say("contexts", "ok",
        path + (contexts->current.empty() ? "" : ", in use: " + contexts->current));
  }

  bool CheckEndpoint() {
    const auto access = factory_.Access();
    if (!access) {
      Say("endpoint", "fail", access.error().detail, access.error().hint);
      return false;
    }
    token_ = access->token;
    unix_ = access->endpoint.kind == client::Endpoint::Kind::kUnix;
    Say("endpoint", "ok", access->endpoint.ToString() + " (" + access->why + ")");
    return true;
  }

  bool CheckAgent() {
    auto client = factory_.Client();
    if (!client) return false;
    client_ = *client;
    const auto before = factory_.clock().Now();
    const auto health = client_->Call({.operation = "getHealth"});
    if (!health) {
      Say("agent", "fail", health.error().detail, health.error().hint);
      return false;
    }
    const auto took = factory_.clock().Now() - before;
    Say("agent", "ok",
        "answers in " +
            FormatDuration(std::chrono::duration_cast<std::chrono::microseconds>(took)));
    const auto ready = client_->Call({.operation = "getReadiness"});
    if (ready) {
      Say("ready", "ok", "takes work");
    } else {
      Say("ready", "warn", ready.error().detail, "wait, or see the agent's log");
    }
    return true;
  }

  void CheckCredential() {
    const auto status = client_->Call({.operation = "getAgentStatus"});
    if (status) {
      status_ = *status;
      Say("credential", "ok",
          unix_ && token_.empty() ? "platform-admin by the Unix socket" : "platform-admin");
      CheckVersion();
      return;
    }
    if (status.error().code == Errc::kForbidden) {
      return Say("credential", "ok", "accepted; not of a platform-admin");
    }
    Say("credential", "fail", status.error().detail,
        status.error().hint.empty() ? "notifyctl context set NAME --token -" : status.error().hint);
  }

  void CheckVersion() {
    const auto agent = status_.Text("version");
    if (agent == NOTIFY_VERSION) return Say("version", "ok", "both are " + agent);
    Say("version", "warn", "the agent is " + agent + ", this program " NOTIFY_VERSION,
        "install the same version of both");
  }

  // Only reads what the token says about itself; whether it is genuine is the agent's to say.
  void CheckToken() {
    const auto first = token_.find('.');
    const auto second = token_.find('.', first == std::string::npos ? first : first + 1);
    if (first == std::string::npos || second == std::string::npos) return;
    const auto payload = FromBase64Url(token_.substr(first + 1, second - first - 1));
    const auto claims = Value::Parse(payload.value_or("")).value_or(Value{});
    const auto expires = claims.Integer("exp");
    if (!expires) return;
    const auto now = std::chrono::floor<std::chrono::seconds>(factory_.clock().WallNow());
    const auto left = *expires - now.time_since_epoch().count();
    if (left <= 0) {
      Say("token", "fail", "expired " + std::to_string(-left) + " s ago",
          "notifyctl token create --tenant T --user U");
    } else {
      Say("token", "ok", "good for " + std::to_string(left) + " s");
    }
  }

  void CheckClock() {
    const auto agent = client_->agent_time();
    if (!agent) return Say("clock", "skip", "the agent does not say its time");
    const auto difference = std::chrono::abs(*agent - factory_.clock().WallNow());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(difference).count();
    // A Date header has whole seconds.
    if (seconds <= 2) return Say("clock", "ok", "the same as the agent's");
    Say("clock", seconds > 60 ? "fail" : "warn",
        "differs from the agent's by " + std::to_string(seconds) +
            " s; tokens expire early or late",
        "set both by NTP, for example: timedatectl set-ntp true");
  }

  void CheckDataFolder() {
    const auto folder = status_.Text("dataDir");
    if (folder.empty()) return;
    struct stat info {};
    if (!unix_ || ::stat(folder.c_str(), &info) != 0) {
      return Say("data folder", "skip", folder + " is not of this machine");
    }
    if ((info.st_mode & 0077U) != 0) {
      return Say("data folder", "fail", folder + " is open to others", "chmod 700 " + folder);
    }
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0) return;
    const auto percent = disk.f_blocks == 0 ? 100 : disk.f_bavail * 100 / disk.f_blocks;
    const auto finding = folder + ", " + std::to_string(percent) + " % of the disk is free";
    if (percent < 5) return Say("data folder", "fail", finding, "make room, or move the data");
    Say("data folder", percent < 15 ? "warn" : "ok", finding, percent < 15 ? "make room soon" : "");
  }

  Factory& factory_;
  client::ApiClient* client_ = nullptr;
  Value findings_ = Value::Array();
  Value status_;
  std::string token_;
  bool unix_ = false;
  bool broken_ = false;
};

}  // namespace

Command& AddDoctor(Command& root, Factory& factory, RunHook<DoctorOptions> run) {
  auto& command = root.Add("doctor", "Find out why a command does not work, and what to do");
  const auto& options = command.Own(DoctorOptions{.factory = &factory});
  command.Describe(
      "Checks the contexts, the endpoint, the agent, the credential, clocks, versions "
      "and the data folder. Changes nothing. Exit 1 where something is broken.");
  command.Example("notifyctl doctor", "of what commands here would use");
  command.Example("notifyctl doctor --endpoint https://notify.example.com -o json",
                  "of another agent, for a script");
  return command.Runs(options, std::move(run));
}

Status RunDoctor(const DoctorOptions& options) {
  auto printer = options.factory->Printer();
  if (!printer) return std::move(printer.error());
  Examination examination(*options.factory);
  examination.Run();
  auto page = Value::Object();
  page.Set("items", examination.findings()).Set("next", Value{});
  printer->List(page, kColumns, "check", "");
  if (!examination.broken()) return {};
  return Fail(Errc::kInternal, "Something is broken.", "see the remedies above");
}

}  // namespace notify::cli::top_level
