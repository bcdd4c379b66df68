#pragma once

#include "common/signalr/hub_protocol.hpp"

namespace notify::signalr {

/// What a Completion holds, in the MessagePack protocol.
enum class ResultKind : std::uint8_t { kError = 1, kVoid = 2, kValue = 3 };

/// Hub messages as MessagePack arrays, each behind its length. The values in them are JSON on our
/// side: Parse translates them to JSON, in `values`, and Append back. What JSON has no type for
/// comes as text, bytes as base64 and timestamps as ISO 8601, and goes out as text.
///
/// Unlike the reference, which binds arguments to a method's types, Parse refuses a message with a
/// value that JSON cannot say: NaN, Infinity, other extensions, maps whose keys are no strings.
class MessagePackHubProtocol final : public HubProtocol {
 public:
  explicit MessagePackHubProtocol(const HubLimits& limits = {}) : limits_(limits) {}

  std::string_view Name() const override { return "messagepack"; }
  TransferFormat Format() const override { return TransferFormat::kBinary; }

  Result<HubParse> Parse(std::string_view& input, std::string& values) const override;
  void Append(std::string& out, const HubMessage& message) const override;

  void AppendInvocation(std::string& out, std::string_view target,
                        std::span<const RawJson> arguments) const override;
  void AppendStreamItem(std::string& out, std::string_view invocation_id,
                        RawJson item) const override;
  void AppendResult(std::string& out, std::string_view invocation_id,
                    RawJson result) const override;
  void AppendVoidResult(std::string& out, std::string_view invocation_id) const override;
  void AppendError(std::string& out, std::string_view invocation_id,
                   std::string_view error) const override;
  void AppendPing(std::string& out) const override;
  void AppendClose(std::string& out, std::optional<std::string_view> error,
                   bool allow_reconnect) const override;

 private:
  HubLimits limits_;
};

}  // namespace notify::signalr
