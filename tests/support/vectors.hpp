#pragma once

#include <optional>
#include <string>

namespace notify::testing_support {

/// The folder with the test data that others wrote: `NOTIFY_VECTORS`, else `../shared/vectors`
/// beside the checkout. Nothing where it is not there; the test then skips and says so.
std::optional<std::string> VectorsFolder(const std::string& name);

/// A whole file; the test fails where it cannot be read.
std::string ReadFile(const std::string& path);

}  // namespace notify::testing_support
