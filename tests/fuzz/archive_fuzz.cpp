// A backup's bytes: whatever comes, cut anywhere, is the same members or the same refusal, and what
// is accepted is whole.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "common/archive/archive_reader.hpp"

namespace {

using notify::Status;
using notify::archive::ArchiveReader;
using notify::archive::Member;

class Sink final : public notify::archive::MemberSink {
 public:
  Status Begin(const Member& member) override {
    seen += member.name + ":";
    left_ = member.size;
    return {};
  }
  Status Data(std::string_view bytes) override {
    if (bytes.size() > left_) std::abort();
    left_ -= bytes.size();
    seen += bytes;
    return {};
  }
  Status End() override {
    if (left_ != 0) std::abort();
    return {};
  }
  std::string seen;

 private:
  std::uint64_t left_ = 0;
};

struct Outcome {
  std::string seen;
  bool whole = false;
  bool operator==(const Outcome&) const = default;
};

Outcome Read(std::string_view bytes, std::size_t piece) {
  Sink sink;
  ArchiveReader reader(sink);
  bool fed = true;
  for (; fed && !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    fed = reader.Feed(bytes.substr(0, piece)).has_value();
  }
  return {std::move(sink.seen), fed && reader.Finish().has_value()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (!(Read(bytes, size) == Read(bytes, 1 + data[0] % 97))) std::abort();
  return 0;
}
