#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result.hpp"

/// What a client reads when a call fails; the texts are those of the reference server, which
/// clients know (signalr.md 9.4).
namespace notify::agent::ingress::signalr {

/// A deliberate error of a method: `… HubException: <code>: <sentence>`.
std::string FailedText(std::string_view method, const Error& error);
/// There is no such method.
std::string UnknownText(std::string_view method);
/// The number of arguments is wrong.
std::string ArityText(std::string_view method);
/// The client sent `sent` upload streams with a call whose method takes `expected`.
std::string StreamCountText(std::size_t sent, std::size_t expected);
/// A stream was called as a plain method.
std::string NeedsStreamText(std::string_view method);
/// A plain method was called as a stream.
std::string NoStreamText(std::string_view method);

}  // namespace notify::agent::ingress::signalr
