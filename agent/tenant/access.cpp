#include "agent/tenant/access.hpp"

#include <chrono>
#include <utility>

#include "agent/async/run_on.hpp"

namespace notify::agent::tenant {
namespace {

constexpr std::string_view kPlatform = "platform";
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kLongestUser = 256;

std::optional<TenantId> IdOf(const Access::Owner& owner) {
  return owner ? std::optional(owner->id()) : std::nullopt;
}

}  // namespace

async::Task<Result<NewKey>> Access::CreateKey(Owner owner, KeyDraft draft) {
  async::RunOn there(parts_.runtime.platform(), CreateKeyHere(std::move(owner), std::move(draft)));
  co_return co_await there;
}

async::Task<Result<std::vector<KeyRow>>> Access::ListKeys(Owner owner, std::string after,
                                                          std::size_t limit) {
  async::CallOn there(parts_.runtime.platform(),
                      [&] { return parts_.store.Keys(IdOf(owner), after, limit); });
  co_return co_await there;
}

async::Task<Status> Access::RevokeKey(Owner owner, std::string id) {
  async::RunOn there(parts_.runtime.platform(), RevokeKeyHere(std::move(owner), std::move(id)));
  co_return co_await there;
}

async::Task<Result<MintedToken>> Access::CreateToken(TenantHandle tenant, TokenDraft draft,
                                                     RoleSet granter) {
  if (auto may = parts_.mint.CheckGrant(granter, draft.roles, true); !may) co_return may.error();
  async::CallOn there(parts_.runtime.platform(), [&] {
    draft.issued_after_ms = parts_.directory.OfPlatform()->RevokedUntil(tenant.id(), draft.user);
    return parts_.mint.NewToken(tenant, draft);
  });
  co_return co_await there;
}

async::Task<Status> Access::RevokeUser(TenantHandle tenant, std::string user) {
  async::RunOn there(parts_.runtime.platform(), RevokeUserHere(std::move(tenant), std::move(user)));
  co_return co_await there;
}

async::Task<Result<bool>> Access::EnsureAdminKey() {
  async::RunOn there(parts_.runtime.platform(), EnsureAdminKeyHere());
  co_return co_await there;
}

std::int64_t Access::NowMs() const {
  return std::chrono::floor<std::chrono::milliseconds>(parts_.runtime.clock().WallNow())
      .time_since_epoch()
      .count();
}

async::Task<Result<NewKey>> Access::CreateKeyHere(Owner owner, KeyDraft draft) {
  auto may = parts_.mint.CheckGrant(draft.granter, draft.roles, owner.has_value());
  if (!may) co_return may.error();
  if (draft.name.size() > kLongestName) {
    co_return Fail(Errc::kInvalidArgument, "The name of a key has at most 128 bytes.");
  }
  const auto turn = co_await parts_.directory.turns().Take();
  if (owner && !parts_.directory.OfPlatform()->Tenant(owner->id())) {
    co_return Fail(Errc::kTenantNotFound, "The tenant was deleted.", "notifyctl tenant list");
  }
  const std::string name = owner ? owner->id().text() : std::string(kPlatform);
  MintedKey minted = parts_.mint.NewKey(name, false);
  co_return co_await Keep(std::move(owner), std::move(draft), std::move(minted));
}

async::Task<Result<NewKey>> Access::Keep(Owner owner, KeyDraft draft, MintedKey minted) {
  NewKey made;
  made.row.id = std::move(minted.id);
  made.row.tenant = IdOf(owner);
  made.row.name = std::move(draft.name);
  made.row.roles = draft.roles;
  made.row.digest = std::move(minted.digest);
  made.row.created_ms = NowMs();
  made.key = std::move(minted.key);
  if (auto kept = parts_.store.InsertKey(made.row); !kept) co_return kept.error();
  if (auto published = co_await PublishKeys(); !published) co_return published.error();
  co_return made;
}

async::Task<Status> Access::RevokeKeyHere(Owner owner, std::string id) {
  const auto turn = co_await parts_.directory.turns().Take();
  if (auto gone = parts_.store.RevokeKey(IdOf(owner), id, NowMs()); !gone) co_return gone;
  co_return co_await PublishKeys();
}

async::Task<Status> Access::PublishKeys() {
  auto keys = parts_.store.ValidKeys();
  if (!keys) co_return keys.error();
  DirectoryContents next = parts_.directory.OfPlatform()->contents();
  next.keys = std::move(*keys);
  co_await parts_.directory.Publish(std::move(next));
  co_return Status();
}

async::Task<Status> Access::RevokeUserHere(TenantHandle tenant, std::string user) {
  if (user.empty() || user.size() > kLongestUser) {
    co_return Fail(Errc::kInvalidArgument, "The name of a user has 1 to 256 bytes.");
  }
  const auto turn = co_await parts_.directory.turns().Take();
  if (!parts_.directory.OfPlatform()->Tenant(tenant.id())) {
    co_return Fail(Errc::kTenantNotFound, "The tenant was deleted.", "notifyctl tenant list");
  }
  const std::int64_t now = NowMs();
  if (auto kept = parts_.store.RevokeUser(tenant.id(), user, now); !kept) co_return kept;
  DirectoryContents next = parts_.directory.OfPlatform()->contents();
  std::int64_t& until = next.revoked[tenant.id()][user];
  until = std::max(until, now);
  co_await parts_.directory.Publish(std::move(next));
  co_return Status();
}

async::Task<Result<bool>> Access::EnsureAdminKeyHere() {
  const auto turn = co_await parts_.directory.turns().Take();
  const auto keys = parts_.store.Keys(std::nullopt, "", 1);
  if (!keys) co_return keys.error();
  if (!keys->empty()) co_return false;
  KeyDraft draft;
  draft.name = "first start";
  draft.roles = Role::kPlatformAdmin;
  MintedKey minted = parts_.mint.NewKey(kPlatform, true);
  // The file comes first: a crash before the row makes another key, never one that nobody knows.
  const std::string line = std::string(minted.key.Reveal()) + "\n";
  auto written = parts_.runtime.files().WriteDurably(parts_.data_dir + "/admin.key", line);
  if (!written) co_return written.error();
  auto kept = co_await Keep(std::nullopt, std::move(draft), std::move(minted));
  if (!kept) co_return kept.error();
  co_return true;
}

}  // namespace notify::agent::tenant
