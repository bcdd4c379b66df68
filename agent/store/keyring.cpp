#include "agent/store/keyring.hpp"

#include <array>
#include <optional>
#include <utility>

#include "agent/store/master_key.hpp"
#include "common/encoding.hpp"

namespace notify::agent::store {
namespace {

constexpr std::array<std::string_view, 1> kSteps = {
    "CREATE TABLE keyring_master(one INTEGER PRIMARY KEY CHECK(one=1), id TEXT NOT NULL,"
    " check_value BLOB NOT NULL)"};
constexpr StageSchema kSchema{"keyring", kSteps};

// The first byte of a wrapped key.
constexpr char kFormat = '\x01';

std::string BindingOf(const KeyName& name) {
  std::string binding = "notifyd/key/1";
  binding += '\0';
  binding += name.tenant.text();
  binding += '\0';
  binding += name.purpose;
  binding += '\0';
  binding += std::to_string(name.version);
  return binding;
}

std::string IdOf(const Secret& master) {
  return ToHex(HmacSha256(master.Reveal(), "notifyd/master-key/id")).substr(0, 16);
}

std::string CheckValueOf(const Secret& master) {
  return HmacSha256(master.Reveal(), "notifyd/master-key/check");
}

struct Known {
  std::string id;
  std::string check_value;
};

Result<std::optional<Known>> Remembered(Database& platform) {
  if (auto migrated = platform.Migrate(kSchema); !migrated) return migrated.error();
  std::optional<Known> known;
  auto read =
      platform.Query("SELECT id, check_value FROM keyring_master", {}, [&known](const Row& row) {
        known = Known{row.Text(0), row.Text(1)};
        return false;
      });
  if (!read) return read.error();
  return known;
}

Error Needed(const std::string& id, const std::string& why) {
  return Fail(Errc::kInvalidConfig, "The data is encrypted with the master key " + id + ". " + why,
              "Set security.master_key in notifyd.yaml to where that key is.");
}

Result<Secret> ReadOrCreate(const KeySource& source, async::FileSystem& files, Random& random,
                            bool& created) {
  auto key = ReadMasterKey(source, files);
  if (key || key.error().code != Errc::kNotFound || source.kind != KeySource::Kind::kFile) {
    return key;
  }
  key = CreateMasterKey(source.value, files, random);
  created = key.has_value();
  return key;
}

}  // namespace

std::string KeyWrap::Wrap(Random& random, const KeyName& name, const Secret& key) {
  std::string wrapped(1, kFormat);
  aead_.Seal(random, BindingOf(name), key.Reveal(), wrapped);
  return wrapped;
}

Result<Secret> KeyWrap::Unwrap(const KeyName& name, std::string_view wrapped) {
  std::string key;
  const bool known = !wrapped.empty() && wrapped.front() == kFormat;
  if (!known || !aead_.Open(BindingOf(name), wrapped.substr(1), key)) {
    return Fail(Errc::kInvalidArgument,
                "The " + std::string(name.purpose) + " key of tenant '" + name.tenant.text() +
                    "' cannot be unwrapped: it was changed, moved, or wrapped by another key.");
  }
  return Secret(std::move(key));
}

Result<Keyring> Keyring::Open(Database& platform, const KeySource& source, async::FileSystem& files,
                              Random& random) {
  const auto known = Remembered(platform);
  if (!known) return known.error();
  bool created = false;
  // A key is made only where no data needs another one.
  auto key = *known ? ReadMasterKey(source, files) : ReadOrCreate(source, files, random, created);
  if (!key) {
    if (*known) return Needed((*known)->id, key.error().detail);
    return Fail(Errc::kInvalidConfig, key.error().detail, key.error().hint);
  }
  std::string id = IdOf(*key);
  const std::string check_value = CheckValueOf(*key);
  if (*known && !ConstantTimeEquals((*known)->check_value, check_value)) {
    return Needed((*known)->id, "The one at " + source.ToString() + " is " + id + ".");
  }
  if (!*known) {
    auto written = platform.Run("INSERT INTO keyring_master VALUES(1, ?, ?)",
                                {std::string_view(id), Blob{check_value}});
    if (!written) return written.error();
  }
  return Keyring(*key, std::move(id), created);
}

Secret NewKey(Random& random) {
  std::string bytes(Aead::kKeyBytes, '\0');
  random.Fill(std::as_writable_bytes(std::span(bytes)));
  return Secret(std::move(bytes));
}

}  // namespace notify::agent::store
