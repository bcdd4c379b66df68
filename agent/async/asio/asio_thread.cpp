#include "agent/async/asio/asio_thread.hpp"

#include <pthread.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace notify::agent::async {

AsioThread::AsioThread(std::string name)
    : work_(context_.get_executor()), thread_([this, name = std::move(name)] {
        pthread_setname_np(pthread_self(), name.c_str());
        context_.run();
      }) {}

AsioThread::~AsioThread() { Join(); }

void AsioThread::Join() {
  work_.reset();
  if (thread_.joinable()) thread_.join();
}

void AsioThread::Post(Closure work) { boost::asio::post(context_, std::move(work)); }

bool AsioThread::IsCurrent() const { return std::this_thread::get_id() == thread_.get_id(); }

void AsioTimers::End() {
  thread_.Post([this] {
    ended_ = true;
    timer_.cancel();
  });
}

void AsioTimers::WakeAt(Clock::TimePoint at) {
  if (ended_) return;
  timer_.expires_at(std::chrono::time_point_cast<std::chrono::steady_clock::duration>(at));
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) RunDue();
  });
}

}  // namespace notify::agent::async
