#include "agent/app/run.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "agent/app/agent.hpp"
#include "agent/app/banner.hpp"
#include "agent/app/data_folder.hpp"
#include "agent/app/options.hpp"
#include "agent/app/restore.hpp"
#include "agent/app/sd_notify.hpp"
#include "agent/app/shared_files.hpp"
#include "agent/app/verify.hpp"
#include "agent/async/asio/asio_runtime.hpp"
#include "agent/ingress/gateway/route_check.hpp"
#include "common/log.hpp"

namespace notify::agent::app {
namespace {

constexpr int kExConfig = 78;

int Report(const Error& error) {
  std::fprintf(stderr, "notifyd: %s\n", error.detail.c_str());
  for (std::size_t i = 1; i < error.errors.size(); ++i) {
    std::fprintf(stderr, "         %s\n", error.errors[i].detail.c_str());
  }
  if (!error.hint.empty()) std::fprintf(stderr, "         %s\n", error.hint.c_str());
  return error.code == Errc::kInvalidConfig ? kExConfig : 1;
}

void ConfigureLog(const AgentConfig& config) {
  log::Options options;
  options.level = config.log.level;
  options.format = config.dev ? log::Format::kText : config.log.format;
  log::Configure(options);
}

/// The signals that end or change the agent; the main thread waits for them, all others block them.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

/// Drives a task on the platform thread to its end, from the main thread.
template <typename T>
async::internal::Detached Fulfil(async::Task<T> task, std::promise<T>& promise) {
  if constexpr (std::is_void_v<T>) {
    co_await task;
    promise.set_value();
  } else {
    promise.set_value(co_await task);
  }
}

template <typename T>
std::future<T> Begin(async::Runtime& runtime, async::Task<T> task, std::promise<T>& promise) {
  std::future<T> future = promise.get_future();
  Fulfil<T>(std::move(task), promise).Start(runtime.platform(), nullptr);
  return future;
}

template <typename T>
T Wait(async::Runtime& runtime, async::Task<T> task) {
  std::promise<T> promise;
  return Begin(runtime, std::move(task), promise).get();
}

void Reload(async::Runtime& runtime, Agent& agent) {
  const Status reloaded = Wait(runtime, agent.Reload());
  if (reloaded) {
    log::Info("Configuration read again: log.level is in force, the rest after a restart");
  } else {
    log::Error("Configuration not taken over: {Reason}", {{"Reason", reloaded.error().detail}});
  }
}

/// The next of `signals`: its number, and whether it came from outside. What the API asks for is a
/// signal that the process sends to itself.
struct Received {
  int number;
  bool from_outside;
};

Received WaitForSignal(const sigset_t& signals) {
  siginfo_t info{};
  while (::sigwaitinfo(&signals, &info) < 0) {
  }
  return {info.si_signo, info.si_pid != ::getpid()};
}

[[noreturn]] void EndAtOnce(log::Template reason) {
  log::Error(reason);
  std::_Exit(1);
}

/// Waits beside a drain for somebody who asks a second time. The agent's own requests are not
/// impatience: `agent drain` and then a service manager's SIGTERM are one wish, told twice.
void ListenForImpatience(sigset_t signals, bool asked_before, const std::atomic<bool>& done) {
  sigdelset(&signals, SIGHUP);
  bool asked = asked_before;
  while (true) {
    const Received received = WaitForSignal(signals);
    if (done.load()) return;
    if (received.from_outside && asked) EndAtOnce("Second signal; ending now");
    asked = asked || received.from_outside;
  }
}

/// Waits for signals until one ends the agent; drains; a second one, or the limit, ends it at once.
int ServeUntilSignal(async::Runtime& runtime, Agent& agent, const sigset_t& signals,
                     const AgentConfig& config) {
  Received received = WaitForSignal(signals);
  for (; received.number == SIGHUP; received = WaitForSignal(signals)) Reload(runtime, agent);
  SdNotify("STOPPING=1");
  log::Info("Draining");
  std::promise<void> promise;
  std::future<void> stopped = Begin(runtime, agent.Stop(), promise);
  std::atomic<bool> done{false};
  std::thread impatient(ListenForImpatience, signals, received.from_outside, std::cref(done));
  if (stopped.wait_for(config.drain.timeout) == std::future_status::timeout) {
    EndAtOnce("Drain took too long; ending now");
  }
  done.store(true);
  pthread_kill(impatient.native_handle(), SIGTERM);
  impatient.join();
  log::Info("Stopped");
  return 0;
}

int RunAgent(const Options& options) {
  const AgentConfig& config = options.loaded.config;
  ConfigureLog(config);
  const sigset_t signals = BlockSignals();
  ::umask(0077);  // SQLite makes its files by it.
  auto folder = DataFolder::Open(config.data_dir);
  if (!folder) return Report(folder.error());

  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto runtime = async::MakeAsioRuntime(
      {config.threads.io == 0 ? cores : config.threads.io, config.threads.storage});
  Agent::Process process;
  process.own_uid = ::getuid();
  process.request_stop = [] { ::kill(::getpid(), SIGTERM); };
  process.read_config = [&options] { return app::Reload(options); };
  process.templates_dir = TemplatesFolder(config);
  process.signalr_bundles = SignalrBundles();

  int code = 0;
  {
    Agent agent(*runtime, options.loaded, std::move(process));
    auto started = Wait(*runtime, agent.Start());
    if (!started) return Report(started.error());
    PrintBanner(config, *started);
    if (auto written = folder->WriteAddress(started->tcp.ToString()); !written) {
      log::Warning("Cannot write notifyd.addr: {Reason}", {{"Reason", written.error().detail}});
    }
    SdNotify("READY=1");
    code = ServeUntilSignal(*runtime, agent, signals, config);
    folder->RemoveAddress();
  }
  return code;
}

int Verify(const Options& options) {
  const AgentConfig& config = options.loaded.config;
  ConfigureLog(config);
  ::umask(0077);
  auto folder = DataFolder::Open(config.data_dir);
  if (!folder) return Report(folder.error());
  const auto runtime = async::MakeAsioRuntime({1, config.threads.storage});
  const auto verified = Wait(*runtime, VerifyFolder(*runtime, config, ::getuid()));
  if (!verified) return Report(verified.error());
  std::printf("%zu tenants, %zu damaged\n", verified->tenants, verified->damaged);
  return verified->damaged == 0 ? 0 : 1;
}

int Restore(const Options& options) {
  ::umask(0077);
  const auto restored = RestoreFolder(options.loaded.config.data_dir, options.backup_file);
  return restored ? 0 : Report(restored.error());
}

}  // namespace

int Run(int argc, const char* const* argv) {
  auto options = ReadOptions(argc, argv);
  if (!options) return Report(options.error());
  switch (options->action) {
    case Options::Action::kExit:
      return options->exit_code;
    case Options::Action::kCheckConfig:
      if (auto checked = ingress::CheckRoutes(options->loaded.config.gateway.routes); !checked) {
        return Report(checked.error());
      }
      std::puts("The configuration is valid.");
      return 0;
    case Options::Action::kPrintConfig:
      std::fputs(PrintConfig(options->loaded).c_str(), stdout);
      return 0;
    case Options::Action::kVerify:
      return Verify(*options);
    case Options::Action::kRestore:
      return Restore(*options);
    case Options::Action::kRun:
      return RunAgent(*options);
  }
  return 1;
}

}  // namespace notify::agent::app
