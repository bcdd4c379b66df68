#include "agent/channel/webhook/signature.hpp"

#include "agent/flow/audience.hpp"
#include "common/encoding.hpp"

namespace notify::agent::channel {

std::string WebhookSignature(const Secret& secret, std::string_view id, std::int64_t timestamp,
                             std::string_view payload) {
  const Secret key(WebhookKey(secret.Reveal()));
  if (key.empty()) return {};
  std::string signed_text(id);
  signed_text += '.';
  signed_text += std::to_string(timestamp);
  signed_text += '.';
  signed_text += payload;
  return "v1," + ToBase64(HmacSha256(key.Reveal(), signed_text));
}

}  // namespace notify::agent::channel
