#pragma once

#include <string>
#include <string_view>

#include "cli/streams.hpp"
#include "common/result.hpp"

namespace notify::cli {

/// The bytes of a file. Errors as ReadInput.
Result<std::string> ReadFile(const std::string& path);

/// The bytes of a file; `-` is standard input. kNotFound, kForbidden or kInvalidArgument with the
/// path in the detail.
Result<std::string> ReadInput(const std::string& path, Streams& streams);

/// Replaces a file as a whole or not at all (a new file renamed over the old), with `mode`
/// permissions. Folders above must exist.
Status WriteFileAtomically(const std::string& path, std::string_view text, unsigned mode);

/// Makes a folder and those above it; those it makes get `mode`.
Status MakeFolders(const std::string& path, unsigned mode);

/// Removes a file; it need not be there. kForbidden and others where it stays.
Status RemoveFile(const std::string& path);

/// Whether something lies at `path`.
bool FileExists(const std::string& path);

/// `path` below the working folder unless it is absolute.
std::string Join(std::string_view folder, std::string_view path);

}  // namespace notify::cli
