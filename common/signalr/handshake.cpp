#include "common/signalr/handshake.hpp"

#include "common/json_text.hpp"
#include "common/signalr/json_hub_protocol.hpp"
#include "common/signalr/json_record.hpp"
#include "common/signalr/json_scanner.hpp"

namespace notify::signalr {
namespace {

constexpr int kMaxDepth = 64;

Error WrongType(std::string_view name, std::string_view type) {
  return Fail(Errc::kInvalidArgument,
              "Expected '" + std::string(name) + "' to be of type " + std::string(type) + ".");
}

Error Missing(std::string_view name) {
  return Fail(Errc::kInvalidArgument, "Missing required property '" + std::string(name) + "'.");
}

// Calls `on_member(name, value)` for each member of the object that `record` must be.
template <typename OnMember>
Status ReadObject(std::string_view record, OnMember&& on_member) {
  JsonScanner scanner(record, kMaxDepth);
  const auto take = [&](RawJson key) {
    const auto value = scanner.Value();
    if (value) on_member(DecodeJsonString(key).value_or(""), *value);
    return value.has_value();
  };
  const bool object = scanner.Peek() == '{';
  if (object ? !scanner.Object(take) : !scanner.Value()) return scanner.Fault();
  if (!scanner.End()) return scanner.Fault();
  if (!object) return Fail(Errc::kInvalidArgument, "Expected a JSON Object.");
  return {};
}

std::optional<std::string> StringOf(RawJson raw) {
  if (!raw.starts_with('"')) return std::nullopt;
  return DecodeJsonString(raw);
}

}  // namespace

Result<std::optional<HandshakeRequest>> ParseHandshakeRequest(std::string_view& input) {
  const auto record = TakeRecord(input, kMaxHandshakeBytes);
  if (!record) return record.error();
  if (!*record) return std::optional<HandshakeRequest>();
  RawJson protocol;
  RawJson version;
  const auto read = ReadObject(**record, [&](std::string_view name, RawJson value) {
    if (name == "protocol") protocol = value;
    if (name == "version") version = value;
  });
  if (!read) return read.error();
  auto name = StringOf(protocol);
  const auto number = DecodeJsonInteger(version);
  if (!protocol.empty() && !name) return WrongType("protocol", "String");
  if (!version.empty() && !number) return WrongType("version", "Number");
  if (!name) return Missing("protocol");
  if (!number) return Missing("version");
  return std::optional(HandshakeRequest{std::move(*name), *number});
}

void AppendHandshakeRequest(std::string& out, std::string_view protocol, int version) {
  out += "{\"protocol\":";
  AppendJsonString(out, protocol);
  out += ",\"version\":" + std::to_string(version) + "}";
  out += kRecordSeparator;
}

Result<std::optional<HandshakeResponse>> ParseHandshakeResponse(std::string_view& input) {
  const auto record = TakeRecord(input, kMaxHandshakeBytes);
  if (!record) return record.error();
  if (!*record) return std::optional<HandshakeResponse>();
  RawJson error;
  bool has_type = false;
  const auto read = ReadObject(**record, [&](std::string_view name, RawJson value) {
    if (name == "error") error = value;
    if (name == "type") has_type = true;
  });
  if (!read) return read.error();
  if (has_type) {
    return Fail(Errc::kInvalidArgument, "Expected a handshake response from the server.");
  }
  HandshakeResponse response{StringOf(error)};
  if (!error.empty() && !response.error) return WrongType("error", "String");
  return std::optional(std::move(response));
}

void AppendHandshakeResponse(std::string& out, std::optional<std::string_view> error) {
  out += '{';
  if (error) {
    out += "\"error\":";
    AppendJsonString(out, *error);
  }
  out += '}';
  out += kRecordSeparator;
}

}  // namespace notify::signalr
