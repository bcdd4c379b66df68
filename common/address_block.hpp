#pragma once

#include <span>
#include <string>
#include <string_view>

namespace notify {

/// Whether an IP address is `block`, or lies in it where it is one: `10.0.0.1`, `10.0.0.0/8`,
/// `2001:db8::/32`. An IPv4 address that is written as an IPv6 one (`::ffff:10.0.0.1`) counts as
/// the former. What is no address lies nowhere. Threads: any.
bool IsInAddressBlock(std::string_view address, std::string_view block);

/// Whether it lies in one of them.
bool IsInAddressBlocks(std::string_view address, std::span<const std::string> blocks);

}  // namespace notify
