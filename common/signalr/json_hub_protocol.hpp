#pragma once

#include "common/signalr/hub_protocol.hpp"

namespace notify::signalr {

/// Ends each message of the JSON protocol, and both messages of the handshake.
inline constexpr char kRecordSeparator = '\x1e';

/// Hub messages as JSON objects. Properties may come in any order, unknown ones are ignored, a
/// known one that comes twice is refused.
class JsonHubProtocol final : public HubProtocol {
 public:
  explicit JsonHubProtocol(const HubLimits& limits = {}) : limits_(limits) {}

  std::string_view Name() const override { return "json"; }
  TransferFormat Format() const override { return TransferFormat::kText; }

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
