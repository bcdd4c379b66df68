// Bodies and headers that callers and endpoints send to the delivery side.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "agent/channel/webhook/webhook_provider.hpp"
#include "agent/pipeline/send_request.hpp"
#include "agent/render/stored_template.hpp"
#include "agent/trigger/trigger.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace notify::agent;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // What is accepted must come back from what is shown of it.
  if (const auto rule = trigger::ParseTrigger(text, "rule")) {
    const std::string shown = trigger::TriggerJson(*rule);
    const auto again = trigger::ParseTrigger(shown, "rule");
    if (!again || trigger::TriggerJson(*again) != shown) std::abort();
  }
  if (const auto stored = render::ParseTemplate(text, "")) {
    const std::string shown = render::TemplateJson(*stored);
    const auto again = render::ParseTemplate(shown, stored->id);
    if (!again || render::TemplateJson(*again) != shown) std::abort();
  }
  static_cast<void>(pipeline::ParseSendRequest(text, false));
  if (const auto request = pipeline::ParseSendRequest(text, true)) {
    static_cast<void>(pipeline::RequestedData(*request));
  }
  static_cast<void>(channel::ParseRetryAfter(text, {}));
  static_cast<void>(channel::CheckWebhookUrl(std::string(text), false));
  return 0;
}
