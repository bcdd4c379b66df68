#include "agent/tenant/directory_publisher.hpp"

#include <utility>

namespace notify::agent::tenant {

async::Task<void> DirectoryPublisher::Publish(DirectoryContents next) {
  const auto directory = std::make_shared<const Directory>(std::move(next));
  for (DirectoryObserver* observer : observers_) co_await observer->Prepare(directory);
  co_await published_.Publish(directory);
}

}  // namespace notify::agent::tenant
