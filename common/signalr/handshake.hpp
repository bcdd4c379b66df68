#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

/// The first message of each side: JSON that ends with 0x1E, whatever protocol it agrees on.
namespace notify::signalr {

/// What the client asks for.
struct HandshakeRequest {
  std::string protocol;  ///< `json` or `messagepack`.
  std::int64_t version = 0;
};

/// What the server answers.
struct HandshakeResponse {
  std::optional<std::string> error;  ///< Absent: the handshake succeeded.
};

/// The most that a handshake message may take.
inline constexpr std::size_t kMaxHandshakeBytes = 4096;

/// Takes the request off the front of `input`, which may go on with hub messages; nothing, and
/// nothing taken, where it is not whole yet. Unknown properties are ignored. Errors: kInvalidJson,
/// kInvalidArgument, kBodyTooLarge. Threads: any.
Result<std::optional<HandshakeRequest>> ParseHandshakeRequest(std::string_view& input);

/// Appends a request, with its terminator.
void AppendHandshakeRequest(std::string& out, std::string_view protocol, int version);

/// Takes the response off the front of `input`, as ParseHandshakeRequest does. A hub message in its
/// place is kInvalidArgument.
Result<std::optional<HandshakeResponse>> ParseHandshakeResponse(std::string_view& input);

/// Appends `{}` for success, or an error (UTF-8), with its terminator.
void AppendHandshakeResponse(std::string& out,
                             std::optional<std::string_view> error = std::nullopt);

}  // namespace notify::signalr
