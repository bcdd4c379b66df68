#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/model/object_reader.hpp"
#include "common/secret.hpp"

namespace notify::agent {

/// For whom a notification is, as rules and requests say it.
struct Audience {
  enum class Kind : std::uint8_t {
    kTenant,    ///< `{"tenant": true}`: every connection of the tenant.
    kUsers,     ///< `{"user": "alice"}` or `{"users": […]}`, at most kMaxUsers.
    kUserFrom,  ///< `{"userFrom": "/userid"}`: a JSON Pointer into the envelope.
    kWebhook,   ///< `{"webhook": {"url", "secret"}}`.
  };
  static constexpr std::size_t kMaxUsers = 1000;

  Kind kind = Kind::kTenant;
  std::vector<std::string> users;
  std::string user_from;
  std::string url;
  Secret secret;  ///< `whsec_…`, Standard Webhooks; never printed.
};

/// Reads an audience that stands at `pointer`; what is wrong goes to `errors`. A webhook's secret
/// may be left out: whether an earlier one counts is the caller's question.
Audience ReadAudience(const nlohmann::json& value, const std::string& pointer,
                      std::vector<FieldError>& errors);

/// Reads the member `channels` of a rule or request: a list out of in_app, webhook and log, which
/// go with `audience` (a webhook has an URL, nobody else does). Absent: the audience's own channel.
std::vector<std::string> ReadChannels(ObjectReader& reader, const Audience& audience);

/// Reads the member `priority`: `low`, `medium`, `high`, `critical` in any case; absent: `medium`.
std::string ReadPriority(ObjectReader& reader);

/// The same as JSON, without the secret.
nlohmann::json AudienceJson(const Audience& audience);

/// The key bytes of a Standard Webhooks secret, `whsec_` and base64 of 24 to 64 bytes; empty where
/// it is none. The prefix may be missing.
std::string WebhookKey(std::string_view secret);

}  // namespace notify::agent
