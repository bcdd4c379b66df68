#include "tests/support/sim/disk_file.hpp"

namespace notify::testing_support::sim {

Error DiskError(Errc code, const char* doing, const std::string& path, const char* why) {
  return Fail(code, std::string("Cannot ") + doing + " " + path + ": " + why + ".");
}

Status Outcome(const DiskFaults::Verdict& verdict, const char* doing, const std::string& path) {
  if (verdict.outcome == DiskFaults::Outcome::kFine) return {};
  if (verdict.outcome == DiskFaults::Outcome::kPowerOff) {
    return DiskError(Errc::kInternal, doing, path, "the simulated power is off");
  }
  const bool full = verdict.code == Errc::kStorageFull;
  return DiskError(verdict.code, doing, path,
                   full ? "No space left on device" : "Input/output error");
}

Result<std::size_t> DiskFile::ReadAt(std::uint64_t offset, std::span<char> into) {
  if (!*place_.alive) return Outcome({DiskFaults::Outcome::kPowerOff}, "read", place_.path).error();
  auto fine = Outcome(place_.disk->faults.Judge(DiskCall::kRead, place_.path), "read", place_.path);
  if (!fine) return fine.error();
  return place_.node->image.Read(offset, into);
}

Status DiskFile::WriteAt(std::uint64_t offset, std::string_view bytes) {
  if (!*place_.alive) return Outcome({DiskFaults::Outcome::kPowerOff}, "write", place_.path);
  if (!place_.writable) {
    return DiskError(Errc::kInternal, "write", place_.path, "Bad file descriptor");
  }
  const bool was_off = place_.disk->faults.power_off();
  const auto verdict = place_.disk->faults.Judge(DiskCall::kWrite, place_.path);
  if (verdict.outcome == DiskFaults::Outcome::kFine) {
    if (auto room = Reserve(offset + bytes.size(), "write"); !room) return room;
    place_.node->Write(offset, bytes);
  } else if (!was_off) {  // A failed write may have done a part of its work.
    place_.node->Write(offset, bytes.substr(0, place_.disk->dice.Below(bytes.size() + 1)));
  }
  return Outcome(verdict, "write", place_.path);
}

Status DiskFile::Sync() {
  if (!*place_.alive) return Outcome({DiskFaults::Outcome::kPowerOff}, "sync", place_.path);
  const auto verdict = place_.disk->faults.Judge(DiskCall::kSync, place_.path);
  if (verdict.outcome == DiskFaults::Outcome::kFine && !place_.disk->lying) place_.node->Sync();
  // The kernel marks the pages clean even so: a later sync succeeds without them (ATC '20).
  if (verdict.outcome == DiskFaults::Outcome::kFails) place_.node->LoseSome(place_.disk->dice);
  return Outcome(verdict, "sync", place_.path);
}

Status DiskFile::Truncate(std::uint64_t size) { return Resize(size, "truncate"); }

Result<std::uint64_t> DiskFile::Size() {
  if (!*place_.alive || place_.disk->faults.power_off()) {
    return Outcome({DiskFaults::Outcome::kPowerOff}, "look at", place_.path).error();
  }
  return place_.node->image.size();
}

Status DiskFile::Preallocate(std::uint64_t size) {
  return Resize(std::max(size, place_.node->image.size()), "reserve room in");
}

Status DiskFile::Resize(std::uint64_t size, const char* doing) {
  if (!*place_.alive) return Outcome({DiskFaults::Outcome::kPowerOff}, doing, place_.path);
  if (!place_.writable) {
    return DiskError(Errc::kInternal, doing, place_.path, "Bad file descriptor");
  }
  auto fine =
      Outcome(place_.disk->faults.Judge(DiskCall::kResize, place_.path), doing, place_.path);
  if (!fine) return fine;
  if (auto room = Reserve(size, doing); !room) return room;
  const std::uint64_t before = place_.node->image.size();
  if (size != before) place_.node->Resize(size);
  return {};
}

Status DiskFile::Reserve(std::uint64_t size, const char* doing) {
  const std::uint64_t before = place_.node->image.size();
  if (size <= before) return {};
  const std::uint64_t more = size - before;
  if (place_.disk->capacity && place_.disk->tree.UsedBytes() + more > *place_.disk->capacity) {
    return Outcome({DiskFaults::Outcome::kFails, Errc::kStorageFull}, doing, place_.path);
  }
  return {};
}

}  // namespace notify::testing_support::sim
