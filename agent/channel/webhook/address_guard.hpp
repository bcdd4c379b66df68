#pragma once

#include <string_view>

namespace notify::agent::channel {

/// Whether an IP address, 4 or 16 bytes in network order, belongs to the public internet: not
/// private, loopback, link-local, shared, multicast, documentation, or a wrapping of such a one.
/// Checked on the address that is connected to, so that no name can change its meaning between the
/// look and the leap (OWASP ASVS 1.3.6). Source: reliability.md 5, IANA special-purpose registries.
bool IsPublicAddress(std::string_view bytes);

}  // namespace notify::agent::channel
