#include <algorithm>
#include <array>
#include <charconv>

#include "common/signalr/json_scanner.hpp"
#include "common/signalr/negotiate.hpp"
#include "common/utf8.hpp"

namespace notify::signalr {
namespace {

constexpr int kMaxDepth = 64;

Error Invalid(std::string detail) { return Fail(Errc::kInvalidArgument, std::move(detail)); }

// The properties of an answer, still as text; empty where absent.
struct Properties {
  RawJson negotiate_version, connection_id, connection_token, transports, stateful, url,
      access_token, error, old_protocol;

  RawJson* Find(std::string_view name) {
    const std::array<std::pair<std::string_view, RawJson*>, 9> known = {{
        {"negotiateVersion", &negotiate_version},
        {"connectionId", &connection_id},
        {"connectionToken", &connection_token},
        {"availableTransports", &transports},
        {"useStatefulReconnect", &stateful},
        {"url", &url},
        {"accessToken", &access_token},
        {"error", &error},
        {"ProtocolVersion", &old_protocol},
    }};
    const auto found = std::find_if(known.begin(), known.end(),
                                    [name](const auto& entry) { return entry.first == name; });
    return found == known.end() ? nullptr : found->second;
  }
};

// Takes the object that comes next off `scanner`, calling `on_member(name, value)`.
template <typename OnMember>
bool TakeObject(JsonScanner& scanner, OnMember&& on_member) {
  return scanner.Object([&](RawJson key) {
    const auto value = scanner.Value();
    if (value) on_member(DecodeJsonString(key).value_or(""), *value);
    return value.has_value();
  });
}

std::optional<std::string> StringOf(RawJson raw) {
  if (!raw.starts_with('"')) return std::nullopt;
  return DecodeJsonString(raw);
}

std::optional<Transport> TransportOf(RawJson raw) {
  const auto name = StringOf(raw);
  for (const auto transport :
       {Transport::kWebSockets, Transport::kServerSentEvents, Transport::kLongPolling}) {
    if (name == ToString(transport)) return transport;
  }
  return std::nullopt;
}

bool HasFormat(RawJson formats, std::string_view wanted) {
  JsonScanner scanner(formats, kMaxDepth);
  if (scanner.Peek() != '[') return false;
  bool found = false;
  scanner.Array([&] {
    const auto format = scanner.Value();
    if (format && StringOf(*format) == wanted) found = true;
    return format.has_value();
  });
  return found;
}

std::vector<AvailableTransport> TransportsOf(RawJson raw) {
  std::vector<AvailableTransport> transports;
  JsonScanner scanner(raw, kMaxDepth);
  const auto take = [&] {
    if (scanner.Peek() != '{') return scanner.Value().has_value();
    RawJson name;
    RawJson formats;
    TakeObject(scanner, [&](std::string_view key, RawJson value) {
      if (key == "transport") name = value;
      if (key == "transferFormats") formats = value;
    });
    const auto transport = TransportOf(name);
    if (transport && HasFormat(formats, "Text")) {
      transports.push_back({*transport, HasFormat(formats, "Binary")});
    }
    return true;
  };
  if (scanner.Peek() == '[') scanner.Array(take);
  return transports;
}

Result<NegotiateAnswer> ReadRedirect(const Properties& properties) {
  auto url = StringOf(properties.url);
  if (!url) return Invalid("The negotiate answer's 'url' is not a string.");
  return NegotiateAnswer(NegotiateRedirect{std::move(*url), StringOf(properties.access_token)});
}

Result<NegotiateAnswer> ReadResponse(const Properties& properties) {
  NegotiateResponse response;
  const auto version = properties.negotiate_version.empty()
                           ? std::optional<std::int64_t>(0)
                           : DecodeJsonInteger(properties.negotiate_version);
  if (!version || *version < 0) return Invalid("The negotiate answer's version is no number.");
  response.negotiate_version = *version == 0 ? 0 : 1;
  response.connection_id = StringOf(properties.connection_id).value_or("");
  response.connection_token = StringOf(properties.connection_token).value_or("");
  if (response.Id().empty()) return Invalid("The negotiate answer names no connection.");
  response.use_stateful_reconnect = properties.stateful == "true";
  response.transports = TransportsOf(properties.transports);
  return NegotiateAnswer(std::move(response));
}

}  // namespace

Result<NegotiateAnswer> ParseNegotiateAnswer(std::string_view json) {
  if (!IsUtf8(json)) return Fail(Errc::kInvalidJson, "The negotiate answer is not UTF-8.");
  Properties properties;
  JsonScanner scanner(json, kMaxDepth);
  const bool object = scanner.Peek() == '{';
  const auto keep = [&](std::string_view name, RawJson value) {
    if (RawJson* const property = properties.Find(name)) *property = value;
  };
  if (object ? !TakeObject(scanner, keep) : !scanner.Value()) return scanner.Fault();
  if (!scanner.End()) return scanner.Fault();
  if (!object) return Invalid("The negotiate answer is no JSON object.");
  if (auto error = StringOf(properties.error)) {
    return NegotiateAnswer(NegotiateError{std::move(*error)});
  }
  if (!properties.old_protocol.empty()) {
    return Invalid("The server speaks ASP.NET SignalR, which is not this protocol.");
  }
  return properties.url.empty() ? ReadResponse(properties) : ReadRedirect(properties);
}

Result<int> NegotiateVersion(std::optional<std::string_view> parameter) {
  if (!parameter) return 0;
  int version = 0;
  const char* const end = parameter->data() + parameter->size();
  const auto [stop, error] = std::from_chars(parameter->data(), end, version);
  // A number too large for an int is still above 1, but the reference server refuses it too.
  if (error != std::errc() || stop != end) {
    return Invalid("The client requested a non-integer protocol version.");
  }
  if (version < 0) {
    return Invalid("The client requested version '" + std::to_string(version) +
                   "', but the server does not support this version.");
  }
  return std::min(version, 1);
}

}  // namespace notify::signalr
