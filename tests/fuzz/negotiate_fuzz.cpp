// What a client asks of a negotiation and brings as its connection token, and what it makes of the
// answer. A byte 1 in the query stands for a token that was really given, so that the fuzzer gets
// near one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "agent/ingress/http/message.hpp"
#include "agent/ingress/signalr/connection_token.hpp"
#include "common/encoding.hpp"
#include "common/signalr/negotiate.hpp"

namespace {

using notify::agent::ingress::RequestHead;
using notify::agent::ingress::signalr::ConnectionTokens;
using notify::agent::ingress::signalr::Negotiation;
namespace wire = notify::signalr;

constexpr std::string_view kTenant = "blue";
constexpr std::string_view kActor = "user:alice";

void Must(bool holds) {
  if (!holds) std::abort();
}

/// The same bytes in each run, so that what was found is found again.
class CountingRandom final : public notify::Random {
 public:
  void Fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(next_ += 37);
  }

 private:
  std::uint8_t next_ = 0;
};

std::string TokenOf(const ConnectionTokens& tokens) {
  Negotiation negotiation;
  negotiation.connection_id = tokens.NewConnectionId();
  negotiation.owner = 1;
  negotiation.stateful = true;
  negotiation.expires = notify::Clock::TimePoint(notify::Clock::Duration(1'000'000));
  return tokens.Make(negotiation, kTenant, kActor);
}

void CheckToken(const ConnectionTokens& tokens, const std::string& given, std::string_view id) {
  const auto read = tokens.Read(id, kTenant, kActor);
  Must(read.has_value() == (notify::FromBase64Url(id) == notify::FromBase64Url(given)));
  Must(!tokens.Read(id, "green", kActor) && !tokens.Read(id, kTenant, "user:bob"));
  if (!read) return;
  Must(read->owner == 1 && read->stateful);
  Must(read->expires.time_since_epoch().count() == 1'000'000);
}

void CheckQuery(std::string_view query) {
  static CountingRandom random;
  static const ConnectionTokens tokens(random);
  static const std::string given = TokenOf(tokens);
  std::string text;
  for (const char c : query) {
    if (c == '\x01') {
      text += given;
    } else {
      text += c;
    }
  }
  RequestHead head;
  head.query = text;
  const auto parameter = head.Query("negotiateVersion");
  const auto version = wire::NegotiateVersion(parameter);
  Must(version ? *version == 0 || *version == 1 : !version.error().detail.empty());
  Must(parameter.has_value() || (version && *version == 0));
  if (const auto id = head.Query("id")) CheckToken(tokens, given, *id);
}

void CheckAnswer(std::string_view json) {
  const auto answer = wire::ParseNegotiateAnswer(json);
  if (!answer) return;
  std::string once;
  wire::AppendNegotiateAnswer(once, *answer);
  const auto again = wire::ParseNegotiateAnswer(once);
  Must(again && again->index() == answer->index());
  if (const auto* response = std::get_if<wire::NegotiateResponse>(&*answer)) {
    const auto& same = std::get<wire::NegotiateResponse>(*again);
    Must(same.Id() == response->Id() && same.transports == response->transports);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckQuery(bytes);
  CheckAnswer(bytes);
  return 0;
}
