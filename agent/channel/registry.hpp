#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "agent/flow/provider.hpp"

namespace notify::agent::channel {

/// The ways out that there are, by channel.
///
/// Lifetime: as the agent; owns the providers.
/// Threads:  the platform executor, after it was filled.
class Registry {
 public:
  void Add(std::unique_ptr<Provider> provider) { providers_.push_back(std::move(provider)); }

  const std::vector<std::unique_ptr<Provider>>& all() const { return providers_; }

  /// The provider of a channel; nullptr where there is none.
  Provider* Find(std::string_view channel) const;

 private:
  std::vector<std::unique_ptr<Provider>> providers_;
};

}  // namespace notify::agent::channel
