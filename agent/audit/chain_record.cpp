#include "agent/audit/chain_record.hpp"

#include "common/encoding.hpp"
#include "common/json_text.hpp"
#include "common/model/rfc3339.hpp"
#include "common/utf8.hpp"

namespace notify::agent::audit {
namespace {

constexpr std::size_t kLongest = 512;

void CleanText(std::string& text) {
  if (text.size() > kLongest) {
    std::size_t end = kLongest;
    // Not in the middle of a character: back to where one begins.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
  }
  if (IsUtf8(text)) return;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
}

void AppendMember(std::string& out, std::string_view name, std::string_view value) {
  out += ",\"";
  out += name;
  out += "\":";
  AppendJsonString(out, value);
}

}  // namespace

std::string_view GenesisHash() {
  return "0000000000000000000000000000000000000000000000000000000000000000";
}

void Clean(AuditEntry& entry) {
  for (std::string* text : {&entry.actor, &entry.role, &entry.tenant, &entry.action, &entry.target,
                            &entry.result, &entry.code, &entry.address, &entry.correlation_id}) {
    CleanText(*text);
  }
}

std::string BodyOf(const CountedEntry& counted, std::int64_t seq, std::string_view prev_hash) {
  const AuditEntry& entry = counted.entry;
  std::string body = "{\"seq\":" + std::to_string(seq) + ",\"time\":\"";
  AppendRfc3339(body, counted.time_ms);
  body += '"';
  AppendMember(body, "actor", entry.actor);
  AppendMember(body, "role", entry.role);
  AppendMember(body, "tenant", entry.tenant);
  AppendMember(body, "action", entry.action);
  AppendMember(body, "target", entry.target);
  AppendMember(body, "result", entry.result);
  AppendMember(body, "code", entry.code);
  AppendMember(body, "address", entry.address);
  AppendMember(body, "correlationId", entry.correlation_id);
  body += ",\"count\":" + std::to_string(counted.count);
  AppendMember(body, "prevHash", prev_hash);
  body += '}';
  return body;
}

std::string HashOf(std::string_view body) { return ToHex(Sha256(body)); }

std::string RecordJson(std::string_view body, std::string_view hash) {
  std::string json(body.substr(0, body.size() - 1));
  AppendMember(json, "hash", hash);
  json += '}';
  return json;
}

}  // namespace notify::agent::audit
