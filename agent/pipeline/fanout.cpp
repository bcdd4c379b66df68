#include "agent/pipeline/fanout.hpp"

#include <utility>

#include "agent/hub/room.hpp"

namespace notify::agent::pipeline {
namespace {

/// One tenant's live flow to one I/O thread.
class Feed final : public LiveFeed {
 public:
  explicit Feed(std::weak_ptr<hub::Room> room) : room_(std::move(room)) {}

  // Log: the storage thread pushes the batch itself, one shared buffer to each I/O thread, right
  // after its commit: what is not durable is seen by nobody.
  void OnBatch(BatchPtr batch) override {
    const auto room = room_.lock();
    if (!room) return;
    // Hub: each event to the clients that want it, encoded once for all of them.
    room->Deliver(batch);
    // Live subscribers: last, so that what a batch gives a connection leaves in one write.
    room->Flush();
  }

  // The other way round where this thread is slow: it reads from the log until it is attached
  // again.
  void OnLagging() override {
    if (const auto room = room_.lock()) room->Interrupt();
  }

 private:
  // The room may be gone while a batch is on its way.
  const std::weak_ptr<hub::Room> room_;
};

}  // namespace

async::Task<Result<Position>> Fanout::Attach(async::Executor& executor,
                                             std::shared_ptr<hub::Room> room) {
  auto feed = std::make_shared<Feed>(room);
  room->feed = feed;
  co_return co_await log_.Attach(room->tenant(), executor, std::move(feed));
}

void Fanout::Detach(const std::shared_ptr<hub::Room>& room) {
  if (room->feed) log_.Detach(room->tenant(), std::exchange(room->feed, nullptr));
}

}  // namespace notify::agent::pipeline
