#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/async/file.hpp"
#include "agent/store/aead.hpp"
#include "agent/store/database.hpp"
#include "common/config/agent_config.hpp"
#include "common/ids.hpp"

namespace notify::agent::store {

/// Which key is wrapped: a wrapped key opens under its own name only, so that one that was moved to
/// another tenant or another use is refused.
struct KeyName {
  TenantId tenant;
  std::string_view purpose;  ///< `data`, `token`.
  std::uint32_t version = 1;
};

/// Wraps keys under another key: the master key, or a tenant's data key for what lies below it.
///
/// Lifetime: keeps the wrapping key's schedule.
/// Threads:  one at a time.
class KeyWrap {
 public:
  /// `wrapping` has 32 bytes.
  explicit KeyWrap(const Secret& wrapping) : aead_(wrapping) {}

  std::string Wrap(Random& random, const KeyName& name, const Secret& key);
  /// kInvalidArgument  another wrapping key, another name, or changed bytes.
  Result<Secret> Unwrap(const KeyName& name, std::string_view wrapped);

 private:
  Aead aead_;
};

/// The top of the key hierarchy: the master key, checked against platform.db.
///
/// Lifetime: as the agent.
/// Threads:  the platform executor.
class Keyring {
 public:
  /// Reads the master key. On a first start it makes one where `source` is a file, and platform.db
  /// remembers the key's id and a check value.
  ///
  /// kInvalidConfig  the key is missing, malformed or another than the data needs: `detail` names
  ///                 the needed id. The process ends with exit code 78.
  static Result<Keyring> Open(Database& platform, const KeySource& source, async::FileSystem& files,
                              Random& random);

  /// Names the master key without telling anything of it: 16 hexadecimal digits.
  const std::string& master_id() const { return master_id_; }
  /// Whether this start made the master key: losing it loses the data, which is then to be said.
  bool created() const { return created_; }

  /// Wraps tenants' data keys.
  KeyWrap& master() { return master_; }

 private:
  Keyring(const Secret& master, std::string id, bool created)
      : master_(master), master_id_(std::move(id)), created_(created) {}

  KeyWrap master_;
  std::string master_id_;
  bool created_;
};

/// 32 random bytes.
Secret NewKey(Random& random);

}  // namespace notify::agent::store
