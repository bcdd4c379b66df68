#pragma once

#include <span>
#include <string_view>

#include "cli/output/printer.hpp"

namespace notify::cli::delivery {

/// What people see of a delivery.
std::span<const output::Column> DeliveryColumns();
/// And of one of its attempts.
std::span<const output::Column> AttemptColumns();

/// The help of `--reveal`.
inline constexpr std::string_view kRevealHelp = "show recipients in full, which is audited";

}  // namespace notify::cli::delivery
