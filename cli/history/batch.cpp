#include "cli/history/batch.hpp"

#include <algorithm>

namespace notify::cli::history {
namespace {

void Put(Batch& batch, std::uint64_t number, std::string_view line) {
  if (batch.first == 0) {
    batch.first = number;
  } else {
    batch.body.append(number - batch.last - 1, '\n');
  }
  batch.last = number;
  batch.body += line;
  batch.body += '\n';
  if (!line.empty()) ++batch.events;
}

}  // namespace

std::string_view Batch::RecordText(std::uint64_t number) const {
  const auto as_it_was =
      std::ranges::find(raw, number, [](const auto& record) { return record.first; });
  if (as_it_was != raw.end()) return as_it_was->second;
  std::string_view rest = body;
  for (std::uint64_t at = first; at < number && !rest.empty(); ++at) {
    rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
  }
  return rest.substr(0, rest.find('\n'));
}

Result<bool> Batcher::Next(Batch& batch) {
  batch = Batch();
  for (;;) {
    if (!has_held_) {
      const auto read = Read();
      if (!read) return read;
      if (!*read) return batch.first != 0;
    }
    if (!Fits(batch)) return true;
    Record record = std::exchange(held_, {});
    has_held_ = false;
    Put(batch, record.number, record.json);
    if (!record.raw.empty()) batch.raw.emplace_back(record.number, std::move(record.raw));
    if (!record.json.empty()) continue;
    batch.bad.push_back(std::move(record));
    if (alone_) return true;
  }
}

Result<bool> Batcher::Read() {
  do {
    const auto read = source_.Next(held_);
    if (!read || !*read) return read;
  } while (held_.number <= after_);
  has_held_ = true;
  return true;
}

bool Batcher::Fits(const Batch& batch) const {
  if (batch.first == 0) return true;
  if (alone_ && held_.json.empty()) return false;
  const std::uint64_t gap = held_.number - batch.last;
  return batch.events < limits_.events && gap < limits_.bytes &&
         batch.body.size() + held_.json.size() + gap < limits_.bytes;
}

std::deque<Batch> Split(const Batch& batch, std::size_t events) {
  std::deque<Batch> pieces(1);
  std::string_view rest = batch.body;
  for (std::uint64_t number = batch.first; !rest.empty(); ++number) {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (!line.empty() && pieces.back().events == events) pieces.emplace_back();
    Put(pieces.back(), number, line);
  }
  const auto of = [&pieces](std::uint64_t number) -> Batch& {
    return *std::ranges::find_if(pieces, [&](const Batch& b) { return number <= b.last; });
  };
  for (const Record& record : batch.bad) of(record.number).bad.push_back(record);
  for (const auto& record : batch.raw) of(record.first).raw.push_back(record);
  return pieces;
}

}  // namespace notify::cli::history
