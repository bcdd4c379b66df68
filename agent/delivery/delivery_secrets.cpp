// The secrets of requests' webhooks, beside the queue in state.db until their event is looked at.
#include <utility>

#include "agent/delivery/delivery_queue.hpp"

namespace notify::agent::delivery {

Status DeliveryQueue::KeepSecret(std::string_view request, const Secret& secret) {
  const std::string sealed = Sealed(request, secret.Reveal());
  const auto kept = state_.Run("INSERT OR REPLACE INTO delivery_secrets VALUES(?1,?2)",
                               {request, store::Blob{sealed}});
  return kept ? Status() : Status(kept.error());
}

Result<Secret> DeliveryQueue::SecretOf(std::string_view request) {
  Result<std::string> opened = std::string();
  auto read = state_.Query("SELECT secret FROM delivery_secrets WHERE request=?1", {request},
                           [&](const store::Row& row) {
                             opened = Opened(request, row.Bytes(0));
                             return false;
                           });
  if (!read) return read.error();
  if (!opened) return opened.error();
  return Secret(std::move(*opened));
}

Status DeliveryQueue::DropSecret(std::string_view request) {
  const auto dropped = state_.Run("DELETE FROM delivery_secrets WHERE request=?1", {request});
  return dropped ? Status() : Status(dropped.error());
}

}  // namespace notify::agent::delivery
