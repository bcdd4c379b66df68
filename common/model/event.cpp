#include "common/model/event.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace notify {
namespace {

constexpr std::uint8_t kEnd = 0;
constexpr std::uint8_t kExtension = 0x7F;

constexpr std::array kFields = {
    AttributeField{"id", &EventView::id},
    AttributeField{"source", &EventView::source},
    AttributeField{"type", &EventView::type},
    AttributeField{"time", &EventView::time},
    AttributeField{"subject", &EventView::subject},
    AttributeField{"datacontenttype", &EventView::datacontenttype},
    AttributeField{"dataschema", &EventView::dataschema},
    AttributeField{"correlationid", &EventView::correlationid},
    AttributeField{"causationid", &EventView::causationid},
    AttributeField{"priority", &EventView::priority},
    AttributeField{"userid", &EventView::userid},
    AttributeField{"topic", &EventView::topic},
    AttributeField{"stream", &EventView::stream},
    AttributeField{"streamversion", &EventView::streamversion},
    AttributeField{"scheduledat", &EventView::scheduledat},
    AttributeField{"expiresat", &EventView::expiresat},
    AttributeField{"", &EventView::idempotency_key},
};
constexpr std::size_t kIdTag = 1;
constexpr std::size_t kSourceTag = 2;
constexpr std::size_t kTypeTag = 3;
constexpr std::size_t kTimeTag = 4;
constexpr std::size_t kSubjectTag = 5;
constexpr std::size_t kUserTag = 11;
constexpr std::size_t kTopicTag = 12;
constexpr std::size_t kStreamTag = 13;
constexpr std::size_t kStreamVersionTag = 14;
constexpr std::size_t kKeyTag = 17;

// A hash without collisions among the names: an attribute is found by one comparison.
constexpr std::size_t kPlaces = 32;
constexpr std::size_t PlaceOf(std::string_view name) {
  return (name.size() * 14 + static_cast<unsigned char>(name[1])) % kPlaces;
}

constexpr std::array<std::uint8_t, kPlaces> kPlaceToField = [] {
  std::array<std::uint8_t, kPlaces> places{};
  places.fill(kFields.size() - 1);  // The last has no name, so that nothing equals it.
  for (std::size_t i = 0; i + 1 < kFields.size(); ++i) {
    places[PlaceOf(kFields[i].name)] = static_cast<std::uint8_t>(i);
  }
  return places;
}();

static_assert([] {
  for (std::size_t i = 0; i + 1 < kFields.size(); ++i) {
    if (kPlaceToField[PlaceOf(kFields[i].name)] != i) return false;
  }
  return true;
}());

void AppendLength(std::string& out, std::size_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

void AppendBytes(std::string& out, std::string_view bytes) {
  AppendLength(out, bytes.size());
  out += bytes;
}

/// Takes parts off the front of a record; nothing more once it has failed.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t Byte() {
    if (rest_.empty()) return Fail();
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }

  std::string_view Bytes() {
    std::size_t length = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      const std::uint8_t byte = Byte();
      length |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return Take(length);
    }
    Fail();
    return {};
  }

  std::string_view Rest() { return rest_; }
  bool ok() const { return ok_; }

 private:
  std::string_view Take(std::size_t length) {
    if (length > rest_.size()) {
      Fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }
  std::uint8_t Fail() {
    ok_ = false;
    rest_ = {};
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

/// The bytes after the length, and the length of the whole.
std::optional<std::string_view> Body(std::string_view bytes) {
  std::uint32_t size = 0;
  if (bytes.size() < sizeof size) return std::nullopt;
  std::memcpy(&size, bytes.data(), sizeof size);
  if (size > bytes.size() - sizeof size) return std::nullopt;
  return bytes.substr(sizeof size, size);
}

}  // namespace

std::span<const AttributeField> AttributeFields() { return kFields; }

std::optional<std::size_t> FindAttribute(std::string_view name) {
  if (name.size() < 2) return std::nullopt;
  const std::size_t field = kPlaceToField[PlaceOf(name)];
  if (kFields[field].name != name) return std::nullopt;
  return field;
}

void AppendRecord(std::string& out, const EventView& event) {
  const std::size_t begin = out.size();
  out.append(sizeof(std::uint32_t), '\0');
  out += static_cast<char>(event.data_kind);
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const std::string_view value = event.*kFields[i].member;
    if (value.empty()) continue;
    out += static_cast<char>(i + 1);
    AppendBytes(out, value);
  }
  for (const Extension& extension : event.extensions) {
    out += static_cast<char>(kExtension);
    AppendBytes(out, extension.name);
    AppendBytes(out, extension.value);
  }
  out += static_cast<char>(kEnd);
  out += event.data;
  const auto size = static_cast<std::uint32_t>(out.size() - begin - sizeof(std::uint32_t));
  std::memcpy(out.data() + begin, &size, sizeof size);
}

std::optional<std::size_t> ReadRecord(std::string_view bytes, EventView& event) {
  const auto body = Body(bytes);
  if (!body) return std::nullopt;
  event = EventView{};
  Reader reader(*body);
  const std::uint8_t kind = reader.Byte();
  if (kind > static_cast<std::uint8_t>(DataKind::kBytes)) return std::nullopt;
  event.data_kind = static_cast<DataKind>(kind);
  while (reader.ok()) {
    const std::uint8_t tag = reader.Byte();
    if (tag == kEnd) break;
    if (tag == kExtension) {
      const std::string_view name = reader.Bytes();
      event.extensions.push_back({name, reader.Bytes()});
    } else if (tag <= kFields.size()) {
      event.*kFields[tag - 1U].member = reader.Bytes();
    } else {
      return std::nullopt;
    }
  }
  if (!reader.ok()) return std::nullopt;
  event.data = reader.Rest();
  return sizeof(std::uint32_t) + body->size();
}

void AppendWithStreamVersion(std::string& out, std::string_view record, std::uint64_t version) {
  const auto body = Body(record);
  if (!body) return;
  Reader reader(*body);
  reader.Byte();
  // Tags ascend: the version stands in front of the first one that is higher.
  std::string_view behind = reader.Rest();
  while (reader.ok() && !behind.empty()) {
    const auto tag = static_cast<std::uint8_t>(behind.front());
    if (tag == kEnd || tag > kStreamVersionTag) break;
    reader.Byte();
    reader.Bytes();
    behind = reader.Rest();
  }
  const std::size_t begin = out.size();
  out.append(sizeof(std::uint32_t), '\0');
  out += body->substr(0, body->size() - behind.size());
  out += static_cast<char>(kStreamVersionTag);
  AppendBytes(out, std::to_string(version));
  out += behind;
  const auto size = static_cast<std::uint32_t>(out.size() - begin - sizeof(std::uint32_t));
  std::memcpy(out.data() + begin, &size, sizeof size);
}

std::size_t RecordBytes(std::string_view bytes) {
  const auto body = Body(bytes);
  return body ? sizeof(std::uint32_t) + body->size() : bytes.size();
}

std::optional<RecordIdentity> ReadRecordIdentity(std::string_view bytes) {
  const auto body = Body(bytes);
  if (!body) return std::nullopt;
  RecordIdentity identity;
  Reader reader(*body);
  reader.Byte();
  while (reader.ok()) {
    const std::uint8_t tag = reader.Byte();
    if (tag == kEnd || tag > kKeyTag) break;  // Tags ascend.
    const std::string_view value = reader.Bytes();
    if (tag == kIdTag) identity.id = value;
    if (tag == kSourceTag) identity.source = value;
    if (tag == kTypeTag) identity.type = value;
    if (tag == kStreamTag) identity.stream = value;
    if (tag == kStreamVersionTag) identity.streamversion = value;
    if (tag == kKeyTag) identity.idempotency_key = value;
  }
  if (!reader.ok()) return std::nullopt;
  return identity;
}

std::optional<RecordKeys> ReadRecordKeys(std::string_view bytes) {
  const auto body = Body(bytes);
  if (!body) return std::nullopt;
  RecordKeys keys;
  bool fires = false;
  Reader reader(*body);
  reader.Byte();
  while (reader.ok()) {
    const std::uint8_t tag = reader.Byte();
    if (tag == kEnd) break;
    const std::string_view value = reader.Bytes();
    if (tag == kExtension) {
      if (value == kImportedAttribute) {
        keys.imported = true;
        keys.fires_triggers = fires;
      } else if (value == kFireTriggersAttribute) {
        fires = keys.fires_triggers = true;
      }
      const std::string_view given = reader.Bytes();
      if (value == kStandsForAttribute) {
        std::from_chars(given.data(), given.data() + given.size(), keys.stands_for);
      }
      continue;
    }
    if (tag == kTypeTag) keys.type = value;
    if (tag == kTimeTag) keys.time = value;
    if (tag == kSubjectTag) keys.subject = value;
    if (tag == kUserTag) keys.userid = value;
    if (tag == kTopicTag) keys.topic = value;
  }
  if (!reader.ok()) return std::nullopt;
  return keys;
}

}  // namespace notify
