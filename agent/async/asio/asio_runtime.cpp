#include "agent/async/asio/asio_runtime.hpp"

#include <string>
#include <vector>

#include "agent/async/asio/asio_stream.hpp"
#include "agent/async/asio/asio_thread.hpp"
#include "agent/async/asio/posix_file.hpp"

namespace notify::agent::async {
namespace {

class AsioIoThread final : public IoThread {
 public:
  AsioIoThread(const Clock& clock, std::size_t index)
      : thread_("io-" + std::to_string(index)), timers_(clock, thread_) {}

  Executor& executor() override { return thread_; }
  Timers& timers() override { return timers_; }
  Result<std::unique_ptr<Listener>> Listen(const Endpoint& at, Share share) override {
    return ListenAsio(thread_, at, share);
  }
  Task<Result<std::unique_ptr<Stream>>> Connect(Endpoint to, Clock::Duration limit) override {
    return ConnectAsio(thread_, timers_, std::move(to), limit);
  }
  std::unique_ptr<Stream> Adopt(std::unique_ptr<Stream> stream) override {
    auto& socket = static_cast<AsioStream&>(*stream);
    Peer peer = socket.peer();
    return std::make_unique<AsioStream>(socket.Release(thread_.context()), std::move(peer));
  }
  void Join() {
    timers_.End();
    thread_.Join();
  }

 private:
  AsioThread thread_;
  AsioTimers timers_;
};

class AsioRuntime final : public Runtime {
 public:
  explicit AsioRuntime(ThreadCounts counts)
      : reader_("reader"),
        background_("background"),
        background_timers_(SystemClock(), background_),
        platform_("platform"),
        platform_timers_(SystemClock(), platform_),
        outbound_("outbound") {
    for (std::size_t i = 0; i < counts.io; ++i) {
      io_.push_back(std::make_unique<AsioIoThread>(SystemClock(), i));
    }
    for (std::size_t i = 0; i < counts.storage; ++i) {
      storage_.push_back(std::make_unique<AsioThread>("storage-" + std::to_string(i)));
    }
  }

  ~AsioRuntime() override {
    // Those that others hand work to end last.
    for (auto& io : io_) io->Join();
    outbound_.Join();
    platform_timers_.End();
    platform_.Join();
    background_timers_.End();
    background_.Join();
    reader_.Join();
    for (auto& storage : storage_) storage->Join();
  }

  std::size_t io_threads() const override { return io_.size(); }
  IoThread& io(std::size_t index) override { return *io_[index]; }
  std::size_t storage_threads() const override { return storage_.size(); }
  Executor& storage(std::size_t index) override { return *storage_[index]; }
  Executor& reader() override { return reader_; }
  Executor& background() override { return background_; }
  Timers& background_timers() override { return background_timers_; }
  Executor& platform() override { return platform_; }
  Timers& platform_timers() override { return platform_timers_; }
  Executor& outbound() override { return outbound_; }
  FileSystem& files() override { return files_; }
  const Clock& clock() override { return SystemClock(); }
  Random& random() override { return SystemRandom(); }

 private:
  PosixFileSystem files_;
  std::vector<std::unique_ptr<AsioIoThread>> io_;
  std::vector<std::unique_ptr<AsioThread>> storage_;
  AsioThread reader_;
  AsioThread background_;
  AsioTimers background_timers_;
  AsioThread platform_;
  AsioTimers platform_timers_;
  AsioThread outbound_;
};

}  // namespace

std::unique_ptr<Runtime> MakeAsioRuntime(ThreadCounts counts) {
  return std::make_unique<AsioRuntime>(counts);
}

}  // namespace notify::agent::async
