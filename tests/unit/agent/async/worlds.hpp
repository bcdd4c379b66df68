#pragma once

#include <exception>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "agent/async/asio/asio_runtime.hpp"
#include "agent/async/run_on.hpp"
#include "tests/support/sim/sim_runtime.hpp"
#include "tests/support/temp_dir.hpp"

namespace notify::agent::async {

/// The two machines that the seam stands on, for suites that must hold on both.
class RealWorld {
 public:
  static constexpr bool kSimulated = false;

  Runtime& runtime() { return *runtime_; }
  /// A folder on the runtime's disk.
  const std::string& folder() const { return folder_.path(); }

  /// Runs a task on the first I/O thread and waits for its end.
  template <typename T>
  T Run(Task<T> task) {
    std::promise<T> promise;
    auto ended = promise.get_future();
    Drive<T>(std::move(task), std::move(promise)).Start(runtime_->io(0).executor(), nullptr);
    return ended.get();
  }

 private:
  template <typename T>
  static internal::Detached Drive(Task<T> task, std::promise<T> promise) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await task;
        promise.set_value();
      } else {
        promise.set_value(co_await task);
      }
    } catch (...) {
      promise.set_exception(std::current_exception());
    }
  }

  testing_support::TempDir folder_;
  std::unique_ptr<Runtime> runtime_ = MakeAsioRuntime({.io = 2, .storage = 2});
};

class SimWorld {
 public:
  static constexpr bool kSimulated = true;

  SimWorld() { static_cast<void>(disk_.MakeFolder("/folder")); }
  Runtime& runtime() { return runtime_; }
  std::string folder() const { return "/folder"; }
  template <typename T>
  T Run(Task<T> task) {
    return runtime_.Run(std::move(task));
  }

 private:
  testing_support::sim::SimDisk disk_;
  testing_support::sim::SimRuntime runtime_{{.seed = 3}, disk_};
};

}  // namespace notify::agent::async
