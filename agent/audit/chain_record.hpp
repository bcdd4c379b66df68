#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/flow/audit_sink.hpp"

namespace notify::agent::audit {

/// What is recorded once: an entry, when it first happened, and how often within its window.
struct CountedEntry {
  AuditEntry entry;
  std::int64_t time_ms = 0;  ///< Unix time of the first.
  std::int64_t count = 1;
};

/// The hash before the first record: 64 zeros.
std::string_view GenesisHash();

/// Makes an entry fit to be kept: valid UTF-8, no member longer than 512 bytes.
void Clean(AuditEntry& entry);

/// The record without its hash, as canonical JSON: the members of contract 5 in their order, each
/// once, no space: `{"seq":1,"time":"…","actor":…,…,"count":1,"prevHash":"…"}`. What does not apply
/// is an empty text. The entry is clean.
std::string BodyOf(const CountedEntry& counted, std::int64_t seq, std::string_view prev_hash);

/// SHA-256 of the body, in hexadecimal: the record's `hash` and the next one's `prevHash`.
std::string HashOf(std::string_view body);

/// The whole record as JSON: the body with its `hash`.
std::string RecordJson(std::string_view body, std::string_view hash);

}  // namespace notify::agent::audit
