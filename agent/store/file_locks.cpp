#include "agent/store/file_locks.hpp"

#include <sqlite3.h>

#include <algorithm>

namespace notify::agent::store {

FileLocks::Holder& FileLocks::HolderOf(Owner owner) {
  for (Holder& holder : holders_) {
    if (holder.owner == owner) return holder;
  }
  return holders_.emplace_back(Holder{owner, SQLITE_LOCK_NONE});
}

int FileLocks::LevelOf(Owner owner) const {
  for (const Holder& holder : holders_) {
    if (holder.owner == owner) return holder.level;
  }
  return SQLITE_LOCK_NONE;
}

bool FileLocks::Reserved() const {
  return std::any_of(holders_.begin(), holders_.end(),
                     [](const Holder& holder) { return holder.level >= SQLITE_LOCK_RESERVED; });
}

bool FileLocks::Lock(Owner owner, int level) {
  Holder& mine = HolderOf(owner);
  if (mine.level >= level) return true;
  int others = SQLITE_LOCK_NONE;
  for (const Holder& holder : holders_) {
    if (holder.owner != owner) others = std::max(others, holder.level);
  }
  if (level == SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_PENDING) return false;
  if (level >= SQLITE_LOCK_RESERVED && others >= SQLITE_LOCK_RESERVED) return false;
  if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
    mine.level = SQLITE_LOCK_PENDING;  // Lets readers end and none begin.
    return false;
  }
  mine.level = level;
  return true;
}

void FileLocks::Unlock(Owner owner, int level) {
  if (level == SQLITE_LOCK_NONE) {
    std::erase_if(holders_, [&](const Holder& holder) { return holder.owner == owner; });
    return;
  }
  Holder& mine = HolderOf(owner);
  mine.level = std::min(mine.level, level);
}

bool FileLocks::ShmLock(Owner owner, int first, int count, bool exclusive) {
  for (int i = first; i < first + count; ++i) {
    const Slot& slot = slots_[static_cast<std::size_t>(i)];
    if (slot.exclusive != nullptr && slot.exclusive != owner) return false;
    const bool others = std::any_of(slot.shared.begin(), slot.shared.end(),
                                    [&](Owner held) { return held != owner; });
    if (exclusive && others) return false;
  }
  for (int i = first; i < first + count; ++i) {
    Slot& slot = slots_[static_cast<std::size_t>(i)];
    if (exclusive) {
      slot.exclusive = owner;
    } else {
      slot.shared.push_back(owner);
    }
  }
  return true;
}

void FileLocks::ShmUnlock(Owner owner, int first, int count) {
  for (int i = first; i < first + count; ++i) {
    Slot& slot = slots_[static_cast<std::size_t>(i)];
    if (slot.exclusive == owner) slot.exclusive = nullptr;
    std::erase(slot.shared, owner);
  }
}

volatile void* FileLocks::ShmRegion(Owner owner, std::size_t region, std::size_t size,
                                    bool extend) {
  if (std::find(mapped_.begin(), mapped_.end(), owner) == mapped_.end()) mapped_.push_back(owner);
  while (extend && regions_.size() <= region) {
    regions_.push_back(std::make_unique<std::byte[]>(size));
  }
  return region < regions_.size() ? regions_[region].get() : nullptr;
}

void FileLocks::ShmUnmap(Owner owner) {
  ShmUnlock(owner, 0, kShmLocks);
  std::erase(mapped_, owner);
  if (mapped_.empty()) regions_.clear();
}

}  // namespace notify::agent::store
