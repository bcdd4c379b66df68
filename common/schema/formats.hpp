#pragma once

#include <string>
#include <string_view>

namespace notify::schema {

/// Whether a string has the `format` that a schema wants: date-time, date, time, uuid, email, ipv4,
/// ipv6, uri. Every other format is a remark and fits. Cost: linear in `text`.
bool FitsFormat(std::string_view format, const std::string& text);

/// Whether FitsFormat looks at strings of this format at all.
bool IsCheckedFormat(std::string_view format);

}  // namespace notify::schema
