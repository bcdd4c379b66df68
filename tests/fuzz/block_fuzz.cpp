// Blocks and records as they lie on disk.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "agent/eventlog/blocks/block.hpp"
#include "common/model/event.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // A checksum stops chance; what it lets through must be written back byte for byte.
  if (const auto block = agent::eventlog::DecodeBlock(bytes)) {
    const std::string again =
        agent::eventlog::EncodeBlock(block->header_bytes, block->header_seal, block->payload);
    if (again != bytes) std::abort();
  }
  EventView event;
  if (const auto length = ReadRecord(bytes, event)) {
    if (*length > bytes.size()) std::abort();
  }
  static_cast<void>(ReadRecordKeys(bytes));
  return 0;
}
