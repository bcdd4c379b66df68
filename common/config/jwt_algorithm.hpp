#pragma once

#include <cstdint>

namespace notify {

/// The signature algorithms that an issuer may be allowed to use (RFC 7518 3.1). There is no
/// `none`.
enum class JwtAlgorithm : std::uint8_t { kHs256, kRs256, kEs256 };

}  // namespace notify
