#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/delivery/delivery.hpp"

namespace notify::agent::delivery {

/// The name of a channel in the API: `in_app` is `IN_APP`.
std::string ChannelName(std::string_view channel);
/// The channel of a name in either spelling.
std::string ChannelFromName(std::string_view name);

/// A recipient as who need not know it sees it: of `user:alice` and of a URL only how it begins;
/// `tenant` is nobody in particular.
std::string Masked(std::string_view recipient);

/// Where a delivery stands, as `GET /api/delivery/status` tells it. Without `reveal` recipient and
/// user are masked.
std::string DeliveryStatusJson(const Delivery& delivery, bool reveal);
/// The same with its attempts, oldest first.
std::string DeliveryStatusJson(const Delivery& delivery, std::span<const Attempt> attempts,
                               bool reveal);

}  // namespace notify::agent::delivery
