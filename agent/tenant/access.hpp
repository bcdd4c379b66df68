#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/async/runtime.hpp"
#include "agent/flow/credential_mint.hpp"
#include "agent/flow/tenant_handle.hpp"
#include "agent/tenant/directory_publisher.hpp"
#include "agent/tenant/platform_store.hpp"

namespace notify::agent::tenant {

/// What somebody asks for with `key create`.
struct KeyDraft {
  std::string name;  ///< At most 128 bytes; may be empty.
  RoleSet roles;
  RoleSet granter;  ///< The roles of who asks: nothing above them is given.
};

/// A key just made. This is the only time that it is seen.
struct NewKey {
  KeyRow row;
  Secret key;
};

/// API keys and hub tokens: given, listed, taken back. A change is in force on all threads when it
/// is answered. The owner of a key is a tenant, or the platform where no tenant is given.
///
/// Lifetime: as the agent; what it is made of outlives it.
/// Threads:  any executor; answers come on the caller's. The work is done on the platform executor.
class Access {
 public:
  struct Parts {
    async::Runtime& runtime;
    PlatformStore& store;
    DirectoryPublisher& directory;
    CredentialMint& mint;
    std::string data_dir;
  };
  explicit Access(Parts parts) : parts_(std::move(parts)) {}

  /// Nothing: the platform.
  using Owner = std::optional<TenantHandle>;

  /// kForbidden: above the granter's roles. kInvalidArgument: no role, or one of the platform.
  async::Task<Result<NewKey>> CreateKey(Owner owner, KeyDraft draft);
  /// Keys with an id above `after`, by id; revoked ones too.
  async::Task<Result<std::vector<KeyRow>>> ListKeys(Owner owner, std::string after,
                                                    std::size_t limit);
  /// kNotFound: the owner has no such key. Doing it again changes nothing.
  async::Task<Status> RevokeKey(Owner owner, std::string id);

  /// A hub token of a user. kForbidden, kInvalidArgument as above, and for the user and the time.
  async::Task<Result<MintedToken>> CreateToken(TenantHandle tenant, TokenDraft draft,
                                               RoleSet granter);
  /// Refuses every token of the user that was issued until now.
  async::Task<Status> RevokeUser(TenantHandle tenant, std::string user);

  /// On the first start: makes the platform's key and writes it to `DIR/admin.key`. Returns whether
  /// it did. After Registry::Load.
  async::Task<Result<bool>> EnsureAdminKey();

 private:
  async::Task<Result<NewKey>> CreateKeyHere(Owner owner, KeyDraft draft);
  async::Task<Status> RevokeKeyHere(Owner owner, std::string id);
  async::Task<Status> RevokeUserHere(TenantHandle tenant, std::string user);
  async::Task<Result<bool>> EnsureAdminKeyHere();

  async::Task<Result<NewKey>> Keep(Owner owner, KeyDraft draft, MintedKey minted);
  async::Task<Status> PublishKeys();
  std::int64_t NowMs() const;

  const Parts parts_;
};

}  // namespace notify::agent::tenant
