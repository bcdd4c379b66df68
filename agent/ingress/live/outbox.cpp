#include "agent/ingress/live/outbox.hpp"

#include <algorithm>
#include <boost/container/static_vector.hpp>
#include <utility>

namespace notify::agent::ingress {
namespace {
constexpr std::size_t kMaxParts = 64;
}

void Outbox::Add(std::string bytes) {
  Add(std::make_shared<const hub::Encoded>(hub::Encoded{std::move(bytes), 0}), false);
}

void Outbox::Add(hub::EncodedPtr bytes, bool droppable) {
  if (!waiting_) waiting_ = std::make_unique<Waiting>();
  waiting_->bytes += bytes->bytes().size();
  added_ += bytes->bytes().size();
  waiting_->parts.push_back({std::move(bytes), droppable, nullptr});
}

void Outbox::LetGo(std::size_t bytes) {
  waiting_->bytes -= bytes;
  added_ -= bytes;
}

void Outbox::Tidy() {
  if (waiting_->first == waiting_->parts.size()) waiting_.reset();
}

bool Outbox::Replace(hub::EncodedPtr& bytes, std::string_view key) {
  for (std::size_t i = waiting_->first_whole(); i < waiting_->parts.size(); ++i) {
    Part& part = waiting_->parts[i];
    if (!part.key || *part.key != key) continue;
    LetGo(part.bytes->bytes().size());
    waiting_->bytes += bytes->bytes().size();
    added_ += bytes->bytes().size();
    part.bytes = std::move(bytes);
    return true;
  }
  return false;
}

bool Outbox::AddDroppable(hub::EncodedPtr bytes, std::string_view key) {
  if (waiting_) {
    if (!key.empty() && Replace(bytes, key)) return true;
    auto& parts = waiting_->parts;
    for (std::size_t i = waiting_->first_whole(); !HasRoom() && i < parts.size();) {
      if (parts[i].droppable) {
        LetGo(parts[i].bytes->bytes().size());
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
      } else {
        ++i;
      }
    }
    if (!HasRoom()) return false;
  }
  Add(std::move(bytes), true);
  if (!key.empty()) waiting_->parts.back().key = std::make_unique<std::string>(key);
  return true;
}

void Outbox::Clear() {
  if (!waiting_) return;
  const std::size_t keep = waiting_->first_whole();
  while (waiting_->parts.size() > keep) {
    LetGo(waiting_->parts.back().bytes->bytes().size());
    waiting_->parts.pop_back();
  }
  Tidy();
}

void Outbox::Reset() {
  if (!waiting_) return;
  LetGo(waiting_->bytes);
  waiting_.reset();
}

std::string Outbox::TakeAll() {
  std::string all;
  if (!waiting_) return all;
  const Waiting& waiting = *waiting_;
  all.reserve(waiting.bytes + waiting.begun);
  for (std::size_t i = waiting.first; i < waiting.parts.size(); ++i) {
    all += waiting.parts[i].bytes->bytes();
  }
  all.erase(0, waiting.begun);
  waiting_.reset();
  return all;
}

Result<std::size_t> Outbox::WriteTo(async::Stream& stream) {
  if (!waiting_) return std::size_t{0};
  const Waiting& waiting = *waiting_;
  boost::container::static_vector<std::string_view, kMaxParts> parts;
  const std::size_t count = std::min(waiting.parts.size() - waiting.first, kMaxParts);
  for (std::size_t i = 0; i < count; ++i) {
    parts.push_back(waiting.parts[waiting.first + i].bytes->bytes());
  }
  parts.front().remove_prefix(waiting.begun);
  auto taken = stream.TryWrite(parts);
  if (taken) Taken(*taken);
  return taken;
}

void Outbox::Taken(std::size_t taken) {
  Waiting& waiting = *waiting_;
  waiting.bytes -= taken;
  taken += waiting.begun;
  auto& parts = waiting.parts;
  while (waiting.first < parts.size() && taken >= parts[waiting.first].bytes->bytes().size()) {
    taken -= parts[waiting.first].bytes->bytes().size();
    parts[waiting.first++].bytes.reset();
  }
  waiting.begun = taken;
  if (waiting.first > kMaxParts * 4) {
    parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(waiting.first));
    waiting.first = 0;
  }
  Tidy();
}

}  // namespace notify::agent::ingress
