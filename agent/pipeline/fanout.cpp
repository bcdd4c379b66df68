#include "agent/pipeline/fanout.hpp"

#include <utility>

#include "agent/hub/room.hpp"

namespace notify::agent::pipeline {
namespace {

/// One tenant's live flow to one I/O thread.
class Feed final : public LiveFeed {
 public:
  Feed(std::weak_ptr<hub::Room> room, const LiftedEvents* lifted, async::Executor& here)
      : room_(std::move(room)), lifted_(lifted), here_(here) {}

  // Log: the storage thread pushes the batch itself, one shared buffer to each I/O thread, right
  // after its commit: what is not durable is seen by nobody.
  void OnBatch(BatchPtr batch) override {
    const auto room = room_.lock();
    if (!room) return;
    // Old versions: lifted here, because each I/O thread has its own view of the upcasters.
    if (lifted_ != nullptr) batch = lifted_->Lift(here_, room->tenant(), std::move(batch));
    // Hub: each event to the clients that want it, encoded once for all of them. Live subscribers:
    // what a batch gives a connection leaves in one write.
    room->Deliver(batch);
  }

  // The other way round where this thread is slow: it reads from the log until it is attached
  // again.
  void OnLagging() override {
    if (const auto room = room_.lock()) room->Interrupt();
  }

 private:
  // The room may be gone while a batch is on its way.
  const std::weak_ptr<hub::Room> room_;
  const LiftedEvents* const lifted_;
  async::Executor& here_;
};

}  // namespace

async::Task<Result<Position>> Fanout::Attach(async::Executor& executor,
                                             std::shared_ptr<hub::Room> room) {
  auto feed = std::make_shared<Feed>(room, lifted_, executor);
  room->feed = feed;
  co_return co_await log_.Attach(room->tenant(), executor, std::move(feed));
}

void Fanout::Detach(const std::shared_ptr<hub::Room>& room) {
  if (room->feed) log_.Detach(room->tenant(), std::exchange(room->feed, nullptr));
}

}  // namespace notify::agent::pipeline
