#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

/// What stands in an event's `data`.
enum class DataKind : std::uint8_t {
  kNone = 0,
  kJson = 1,   ///< Valid JSON, kept verbatim.
  kBytes = 2,  ///< Anything else; `data_base64` in JSON.
};

/// One attribute that has no member of its own: a CloudEvents extension.
struct Extension {
  std::string_view name;   ///< Lower-case letters and digits.
  std::string_view value;  ///< A JSON scalar, verbatim: `"x"`, `3`, `true`.
};

/// A CloudEvents 1.0 envelope without what the agent adds (contract 4). Absent attributes are
/// empty.
///
/// Lifetime: views into the bytes that it was read from.
struct EventView {
  std::string_view id;
  std::string_view source;
  std::string_view type;
  std::string_view time;  ///< RFC 3339.
  std::string_view subject;
  std::string_view datacontenttype;
  std::string_view dataschema;
  std::string_view correlationid;
  std::string_view causationid;
  std::string_view priority;
  std::string_view userid;
  std::string_view topic;
  std::string_view stream;
  std::string_view streamversion;  ///< Digits.
  std::string_view scheduledat;
  std::string_view expiresat;
  std::string_view idempotency_key;  ///< The duplicate key where the caller gave one; never shown.
  std::vector<Extension> extensions;
  DataKind data_kind = DataKind::kNone;
  std::string_view data;
};

/// Agent attributes of an event that was imported (contract 4): `imported: true`; where it was
/// asked for `firetriggers: true`; and where it is the sum of an old report, how many events it
/// stands for.
inline constexpr std::string_view kImportedAttribute = "imported";
inline constexpr std::string_view kFireTriggersAttribute = "firetriggers";
inline constexpr std::string_view kStandsForAttribute = "standsfor";

/// The attributes that EventView has members for, in the order of the record format.
struct AttributeField {
  std::string_view name;
  std::string_view EventView::*member;
};
/// All of them; the position in the list is the tag in a record, from 1.
std::span<const AttributeField> AttributeFields();

/// The place in AttributeFields of the attribute with this name, if it is one of them.
std::optional<std::size_t> FindAttribute(std::string_view name);

/// Appends one event in the record format (docs/event_log_format.md).
void AppendRecord(std::string& out, const EventView& event);

/// Reads the record that begins at `bytes` into `event`, whose views point into `bytes`. Returns
/// its length, or nothing where the bytes are no record.
std::optional<std::size_t> ReadRecord(std::string_view bytes, EventView& event);

/// Appends the record at the front of `record`, whose event is in a stream and has no
/// `streamversion`, with this one.
void AppendWithStreamVersion(std::string& out, std::string_view record, std::uint64_t version);

/// The length of the whole record that begins at `bytes`.
std::size_t RecordBytes(std::string_view bytes);

/// What a record is filtered by: ReadRecord without the rest.
struct RecordKeys {
  std::string_view type;
  std::string_view topic;
  std::string_view userid;
  std::string_view subject;
  std::string_view time;         ///< RFC 3339.
  bool imported = false;         ///< History: it counts when it happened, by `time`.
  bool fires_triggers = true;    ///< False: history that starts nothing and is not broadcast.
  std::uint64_t stands_for = 1;  ///< How many events it counts as.
};
std::optional<RecordKeys> ReadRecordKeys(std::string_view bytes);

/// What tells a record from others: ReadRecord without the rest.
struct RecordIdentity {
  std::string_view id;
  std::string_view source;
  std::string_view type;
  std::string_view stream;
  std::string_view streamversion;
  std::string_view idempotency_key;
};
std::optional<RecordIdentity> ReadRecordIdentity(std::string_view bytes);

}  // namespace notify
