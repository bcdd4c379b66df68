#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Each value in the smallest form that holds it, as the reference's libraries write them.
/// `out` is appended to. Threads: any.
namespace notify::signalr::messagepack {

void AppendNil(std::string& out);
void AppendBool(std::string& out, bool value);
void AppendUnsigned(std::string& out, std::uint64_t value);
void AppendSigned(std::string& out, std::int64_t value);
void AppendFloat64(std::string& out, double value);
/// `utf8` must not lie inside `out`.
void AppendString(std::string& out, std::string_view utf8);

/// So many items, or pairs of items, follow.
void AppendArrayHeader(std::string& out, std::size_t size);
void AppendMapHeader(std::string& out, std::size_t size);

/// The header of an array or a map of which the size is not known yet. Returns its place, for
/// EndArray or EndMap, once all that belongs to it was appended.
std::size_t BeginArray(std::string& out);
std::size_t BeginMap(std::string& out);
void EndArray(std::string& out, std::size_t header, std::size_t size);
void EndMap(std::string& out, std::size_t header, std::size_t size);

}  // namespace notify::signalr::messagepack
