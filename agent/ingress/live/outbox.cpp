#include "agent/ingress/live/outbox.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace notify::agent::ingress {
namespace {
constexpr std::size_t kMaxParts = 64;
}

void Outbox::Add(std::string bytes) {
  Add(std::make_shared<const hub::Encoded>(hub::Encoded{std::move(bytes), 0}), false);
}

void Outbox::Add(hub::EncodedPtr bytes, bool droppable) {
  bytes_ += bytes->bytes().size();
  added_ += bytes->bytes().size();
  parts_.push_back({std::move(bytes), droppable, nullptr});
}

void Outbox::LetGo(std::size_t bytes) {
  bytes_ -= bytes;
  added_ -= bytes;
}

bool Outbox::Replace(hub::EncodedPtr& bytes, std::string_view key) {
  for (std::size_t i = first_whole(); i < parts_.size(); ++i) {
    Part& part = parts_[i];
    if (!part.key || *part.key != key) continue;
    LetGo(part.bytes->bytes().size());
    bytes_ += bytes->bytes().size();
    added_ += bytes->bytes().size();
    part.bytes = std::move(bytes);
    return true;
  }
  return false;
}

bool Outbox::AddDroppable(hub::EncodedPtr bytes, std::string_view key) {
  if (!key.empty() && Replace(bytes, key)) return true;
  for (std::size_t i = first_whole(); !HasRoom() && i < parts_.size();) {
    if (parts_[i].droppable) {
      LetGo(parts_[i].bytes->bytes().size());
      parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  if (!HasRoom()) return false;
  Add(std::move(bytes), true);
  if (!key.empty()) parts_.back().key = std::make_unique<std::string>(key);
  return true;
}

void Outbox::Clear() {
  const std::size_t keep = first_whole();
  while (parts_.size() > keep) {
    LetGo(parts_.back().bytes->bytes().size());
    parts_.pop_back();
  }
}

void Outbox::Reset() {
  LetGo(bytes_);
  std::vector<Part>().swap(parts_);  // `= {}` would keep the memory.
  first_ = begun_ = 0;
}

std::string Outbox::TakeAll() {
  std::string all;
  all.reserve(bytes_);
  for (std::size_t i = first_; i < parts_.size(); ++i) all += parts_[i].bytes->bytes();
  all.erase(0, begun_);
  std::vector<Part>().swap(parts_);
  first_ = begun_ = bytes_ = 0;
  return all;
}

Result<std::size_t> Outbox::WriteTo(async::Stream& stream) {
  std::array<std::string_view, kMaxParts> parts;
  const std::size_t count = std::min(parts_.size() - first_, kMaxParts);
  if (count == 0) return std::size_t{0};
  for (std::size_t i = 0; i < count; ++i) parts.at(i) = parts_[first_ + i].bytes->bytes();
  parts[0].remove_prefix(begun_);
  auto taken = stream.TryWrite({parts.data(), count});
  if (taken) Taken(*taken);
  return taken;
}

void Outbox::Taken(std::size_t taken) {
  bytes_ -= taken;
  taken += begun_;
  while (first_ < parts_.size() && taken >= parts_[first_].bytes->bytes().size()) {
    taken -= parts_[first_].bytes->bytes().size();
    parts_[first_++].bytes.reset();
  }
  begun_ = taken;
  if (empty()) {
    std::vector<Part>().swap(parts_);
    first_ = 0;
  } else if (first_ > kMaxParts * 4) {
    parts_.erase(parts_.begin(), parts_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace notify::agent::ingress
