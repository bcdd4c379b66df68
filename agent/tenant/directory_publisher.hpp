#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "agent/async/published.hpp"
#include "agent/flow/directory.hpp"
#include "agent/flow/directory_observer.hpp"
#include "agent/tenant/turns.hpp"

namespace notify::agent::tenant {

/// A thread's own copy of the pointer to the directory.
using DirectoryView = async::View<Directory>;

/// Hands each next directory to all threads. The current one is also the working copy of those who
/// change tenants and keys, one at a time.
///
/// Lifetime: as the agent; `runtime` and observers outlive it.
/// Threads:  the platform executor; OfIo's answer on its I/O thread.
class DirectoryPublisher {
 public:
  explicit DirectoryPublisher(async::Runtime& runtime)
      : published_(runtime, std::make_shared<const Directory>()) {}

  /// Before the first Publish.
  void AddObserver(DirectoryObserver& observer) { observers_.push_back(&observer); }

  /// When it returns, the change is in force on all threads. Whoever calls has the turn.
  async::Task<void> Publish(DirectoryContents next);

  const DirectoryView& OfIo(std::size_t io) const { return published_.OfIo(io); }
  const DirectoryView& OfPlatform() const { return published_.OfPlatform(); }
  Turns& turns() { return turns_; }

 private:
  async::Published<Directory> published_;
  std::vector<DirectoryObserver*> observers_;
  Turns turns_;
};

}  // namespace notify::agent::tenant
