// The part of EventLog that moves journals to segments: at a start, and when it is asked to.
#include <algorithm>
#include <set>
#include <utility>

#include "agent/async/run_on.hpp"
#include "agent/async/signal.hpp"
#include "agent/eventlog/event_log.hpp"

namespace notify::agent::eventlog {

async::Task<Status> EventLog::Recover(FindTenant find) {
  async::FileSystem& files = runtime_.files();
  if (auto made = files.MakeFolder(folder_); !made) co_return made;
  const std::string parent = folder_.substr(0, folder_.rfind('/'));
  if (auto named = files.SyncFolder(parent); !named) co_return named;
  if (auto others = co_await RecoverOthers(find); !others) co_return others;
  for (auto& thread : threads_) {
    const auto recover = [&] { return thread->log->Recover(find); };
    async::CallOn recovering(thread->shard->executor(), recover);
    if (auto recovered = co_await recovering; !recovered) co_return recovered;
  }
  co_return Status();
}

async::Task<Status> EventLog::RecoverOthers(const FindTenant& find) {
  const auto names = runtime_.files().List(folder_);
  if (!names) co_return names.error();
  std::set<std::string> others;
  for (const std::string& name : *names) {
    const std::string base = folder_ + "/" + name.substr(0, name.rfind('.'));
    const bool is_ours = std::ranges::any_of(
        threads_, [&](const auto& thread) { return thread->log->base() == base; });
    if (!is_ours) others.insert(base);
  }
  for (const std::string& base : others) {
    auto moving = MoveAll(base, find);
    if (auto moved = co_await std::move(moving); !moved) co_return moved;
  }
  co_return Status();
}

async::Task<Status> EventLog::MoveAll(const std::string& base, const FindTenant& find) {
  std::optional<FullGeneration> full;
  JournalCommitLog log(runtime_.files(), {.base = base, .bytes = options_.journal_bytes},
                       options_.max_open, [&full](FullGeneration told) { full = std::move(told); });
  if (auto recovered = log.Recover(find); !recovered) co_return recovered;
  log.EndGeneration();
  async::Signal moved;
  while (full) {
    const std::uint64_t generation = full->generation;
    bool done = false;
    const auto note = [this, &done, &moved] {
      runtime_.platform().Post([&done, &moved] {
        done = true;
        moved.Notify();
      });
    };
    writer_->Move(*std::exchange(full, std::nullopt),
                  {note, [](const TenantHandle&, const StoredExtent&) {}, [](const Error&) {}});
    while (!done) co_await moved.Wait();
    log.Release(generation);
    log.EndGeneration();
  }
  for (const std::uint64_t file : {0, 1}) {
    if (auto removed = runtime_.files().Remove(JournalPath(base, file)); !removed)
      co_return removed;
  }
  co_return Status();
}

}  // namespace notify::agent::eventlog
