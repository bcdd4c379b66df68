#include "agent/ingress/signalr/upload.hpp"

#include <utility>

namespace notify::agent::ingress::signalr {

async::Task<Result<std::optional<std::string>>> Upload::Next() {
  while (items_.empty() && !ended_) co_await changed_.Wait();
  if (items_.empty()) {
    if (error_) co_return *error_;
    co_return std::optional<std::string>();
  }
  std::optional<std::string> item = std::move(items_.front());
  items_.pop_front();
  changed_.Notify();
  co_return item;
}

void Upload::Stop() {
  stopped_ = true;
  items_.clear();
  changed_.Notify();
}

async::Task<void> Upload::Put(std::string item) {
  while (items_.size() >= ahead_ && !stopped_ && !ended_) co_await changed_.Wait();
  if (stopped_ || ended_) co_return;
  items_.push_back(std::move(item));
  changed_.Notify();
}

void Upload::End(std::optional<Error> error) {
  if (std::exchange(ended_, true)) return;
  error_ = std::move(error);
  changed_.Notify();
}

}  // namespace notify::agent::ingress::signalr
