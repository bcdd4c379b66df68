#include "agent/async/tenant_context.hpp"

namespace notify::agent::async {
namespace {

thread_local const TenantContext* current = nullptr;

}  // namespace

const TenantContext* TenantContext::Current() { return current; }

namespace internal {

const TenantContext* SwapCurrentContext(const TenantContext* context) {
  const TenantContext* previous = current;
  current = context;
  return previous;
}

}  // namespace internal
}  // namespace notify::agent::async
