#pragma once

#include <string>

#include "agent/flow/tenant_handle.hpp"

namespace notify::testing_support {

/// A handle to a tenant whose folder is `folder`, with keys made of its name, so that a second
/// handle of the same name opens what the first one wrote.
agent::TenantHandle MakeTenant(const std::string& name, const std::string& folder,
                               std::size_t storage = 0);

}  // namespace notify::testing_support
