#include "agent/ingress/rest/batch_body.hpp"

#include <algorithm>

namespace notify::agent::ingress::rest {
namespace {

void AppendNumber(std::string& out, std::string_view name, std::uint64_t value, bool known) {
  out += ",\"";
  out += name;
  out += "\":";
  out += known ? std::to_string(value) : "null";
}

}  // namespace

std::string MediaType(const Call& call) {
  std::string_view value = call.head().Header("Content-Type").value_or("");
  value = value.substr(0, value.find(';'));
  while (!value.empty() && value.back() == ' ') value.remove_suffix(1);
  std::string media(value);
  std::ranges::transform(media, media.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return media;
}

Error UnsupportedType(const std::string& media, std::string_view accepted) {
  return Fail(
      Errc::kContentTypeUnsupported,
      "'" + media.substr(0, 64) + "' is not accepted here; send " + std::string(accepted) + ".");
}

Result<std::string_view> IdempotencyKey(const Call& call) {
  const std::string_view key = call.head().Header("Idempotency-Key").value_or("");
  if (key.size() > 255) {
    return Fail(Errc::kInvalidArgument, "'Idempotency-Key' is longer than 255 characters.");
  }
  return key;
}

Result<BatchReading::Format> BatchFormat(const std::string& media, EventParser::Request& request) {
  if (media == "application/x-ndjson" || media == "application/ndjson") {
    return BatchReading::Format::kLines;
  }
  if (media == "application/cloudevents-batch+json" || media == "application/json" ||
      media.empty()) {
    request.require_specversion = media == "application/cloudevents-batch+json";
    return BatchReading::Format::kArray;
  }
  return UnsupportedType(
      media, "application/cloudevents-batch+json, application/json or application/x-ndjson");
}

std::string BatchCounts(const pipeline::Acknowledgement& ack) {
  const bool any = ack.accepted > 0;
  const auto held = static_cast<std::size_t>(
      std::ranges::count(ack.scheduled, false, &pipeline::Acknowledgement::Scheduled::duplicate));
  const std::size_t duplicates = ack.duplicates.size() + ack.scheduled.size() - held;
  std::string out = "{\"accepted\":" + std::to_string(ack.accepted + held) +
                    ",\"duplicates\":" + std::to_string(duplicates) +
                    ",\"scheduled\":" + std::to_string(held);
  AppendNumber(out, "epoch", ack.epoch.value, any);
  AppendNumber(out, "firstSequence", ack.first.value, any);
  AppendNumber(out, "lastSequence", ack.first.value + ack.accepted - 1, any);
  return out;
}

}  // namespace notify::agent::ingress::rest
