#include "agent/channel/registry.hpp"

namespace notify::agent::channel {

Provider* Registry::Find(std::string_view channel) const {
  for (const auto& provider : providers_) {
    if (provider->channel() == channel) return provider.get();
  }
  return nullptr;
}

}  // namespace notify::agent::channel
