#include "agent/projection/key_states.hpp"

#include <charconv>
#include <utility>

#include "common/encoding.hpp"

namespace notify::agent::projection {
namespace {

std::int64_t Signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Status Done(const Result<std::int64_t>& changed) {
  return changed ? Status() : Status(changed.error());
}

}  // namespace

std::string KeyStates::PlaceOf(std::string_view key) const {
  std::string message = "projection|key|";
  message += key;
  return HmacSha256(tenant_.record().data_key.Reveal(), message).substr(0, kPlaceBytes);
}

std::string KeyStates::Context(std::int64_t generation, std::string_view place) const {
  std::string context =
      "projection|" + tenant_.id().text() + "|" + std::to_string(generation) + "|";
  context += place;
  return context;
}

Result<KeyState> KeyStates::Open(std::int64_t generation, const store::Row& row) {
  KeyState found;
  found.place = row.Bytes(0);
  found.sequence = static_cast<std::uint64_t>(row.Integer(1));
  std::string plain;
  std::size_t length = 0;
  if (aead_.Open(Context(generation, found.place), row.Bytes(2), plain)) {
    // `<length of the key>:<key><state>`
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), length);
    const auto begin = static_cast<std::size_t>(end - plain.data()) + 1;
    if (error == std::errc() && begin + length < plain.size()) {
      found.key = plain.substr(begin, length);
      found.state = plain.substr(begin + length);
      return found;
    }
  }
  return Fail(Errc::kInternal,
              "A stored state of a projection cannot be opened: it was damaged, or moved here from "
              "another tenant.",
              "notifyctl projection rebuild NAME");
}

Result<std::optional<KeyState>> KeyStates::Find(std::int64_t generation, std::string_view key) {
  std::optional<KeyState> found;
  Status readable;
  auto read = state_.Query(
      "SELECT key_hash,sequence,state FROM projection_states WHERE generation=?1 AND key_hash=?2",
      {generation, store::Blob{PlaceOf(key)}}, [&](const store::Row& row) {
        auto opened = Open(generation, row);
        if (opened) {
          found = std::move(*opened);
        } else {
          readable = opened.error();
        }
        return false;
      });
  if (read && !readable) read = readable;
  if (!read) return read.error();
  return found;
}

Status KeyStates::Put(std::int64_t generation, const KeyState& state) {
  const std::string place = PlaceOf(state.key);
  const std::string plain = std::to_string(state.key.size()) + ":" + state.key + state.state;
  std::string sealed;
  aead_.Seal(random_, Context(generation, place), plain, sealed);
  return Done(
      state_.Run("INSERT OR REPLACE INTO projection_states VALUES(?1,?2,?3,?4)",
                 {generation, store::Blob{place}, Signed(state.sequence), store::Blob{sealed}}));
}

Status KeyStates::Remove(std::int64_t generation, std::string_view key) {
  return Done(state_.Run("DELETE FROM projection_states WHERE generation=?1 AND key_hash=?2",
                         {generation, store::Blob{PlaceOf(key)}}));
}

Result<KeyStates::Page> KeyStates::List(std::int64_t generation, std::string_view after,
                                        std::size_t limit, std::size_t max_bytes) {
  Page page;
  std::size_t bytes = 0;
  Status readable;
  // One more than asked for says whether there is a next page.
  auto read = state_.Query(
      "SELECT key_hash,sequence,state FROM projection_states "
      "WHERE generation=?1 AND key_hash>?2 ORDER BY key_hash LIMIT ?3",
      {generation, store::Blob{after}, Signed(limit) + 1}, [&](const store::Row& row) {
        page.more = page.items.size() == limit || bytes >= max_bytes;
        if (page.more) return false;
        auto opened = Open(generation, row);
        if (!opened) {
          readable = opened.error();
          return false;
        }
        bytes += opened->key.size() + opened->state.size();
        page.items.push_back(std::move(*opened));
        return true;
      });
  if (read && !readable) read = readable;
  if (!read) return read.error();
  return page;
}

}  // namespace notify::agent::projection
