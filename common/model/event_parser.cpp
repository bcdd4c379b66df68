#include "common/model/event_parser.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

#include "common/encoding.hpp"
#include "common/ids.hpp"
#include "common/json_text.hpp"
#include "common/model/json_walk.hpp"
#include "common/model/rfc3339.hpp"

namespace notify {
namespace {

namespace od = simdjson::ondemand;

constexpr std::int64_t kFurthestMs = std::numeric_limits<std::int64_t>::max();

constexpr std::array<std::string_view, 18> kAgentAttributes = {"epoch",
                                                               "sequence",
                                                               "recordedtime",
                                                               "replayed",
                                                               "replayof",
                                                               "replayid",
                                                               "replaytriggers",
                                                               "originalepoch",
                                                               "originalsequence",
                                                               "subscription",
                                                               "redelivered",
                                                               "erased",
                                                               "upcastfrom",
                                                               "upcastto",
                                                               "upcasterror",
                                                               kImportedAttribute,
                                                               kFireTriggersAttribute,
                                                               kStandsForAttribute};

Error Syntax(simdjson::error_code code) {
  return Fail(code == simdjson::DEPTH_ERROR ? Errc::kJsonTooDeep : Errc::kInvalidJson,
              simdjson::error_message(code));
}

// simdjson looks at the first character only when it says that a value has another type.
Error WrongRoot(od::document& document, std::string_view must) {
  od::json_type type{};
  if (const auto error = document.type().get(type)) return Syntax(error);
  if (type == od::json_type::boolean) {
    if (const auto error = document.get_bool().error()) return Syntax(error);
  } else if (type == od::json_type::null && !document.is_null()) {
    return Syntax(simdjson::N_ATOM_ERROR);
  }
  return Fail(Errc::kInvalidEvent, std::string(must));
}

Error BadMember(std::string_view name, std::string_view why) {
  Error error =
      Fail(Errc::kInvalidEvent, "'" + std::string(name.substr(0, 64)) + "' " + std::string(why));
  error.errors.push_back({"/" + std::string(name.substr(0, 64)), std::string(why), 0});
  return error;
}

bool IsExtensionName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

std::string_view TrimEnd(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' ||
                           text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

// Up to a whole millisecond, so that nothing is due before its time.
std::int64_t UnixMs(Clock::WallTime time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time).time_since_epoch().count();
}

/// Takes back the event that was appended last, where one was.
void DropBehind(ParsedEvents& out, std::size_t records, std::size_t held) {
  if (out.batch.records.size() > records) {
    out.batch.records.resize(records);
    out.batch.offsets.pop_back();
    out.indices.pop_back();
    out.has_caller_id.pop_back();
    if (!out.expected.empty()) out.expected.pop_back();
  } else if (out.held.batch.records.size() > held) {
    out.held.batch.records.resize(held);
    out.held.batch.offsets.pop_back();
    out.held.indices.pop_back();
    out.held.due_ms.pop_back();
    out.held.has_caller_id.pop_back();
  }
}

bool IsJsonContent(std::string_view content_type) {
  const std::string_view media = TrimEnd(content_type.substr(0, content_type.find(';')));
  return media.empty() || media == "application/json" || media.ends_with("+json") ||
         media == "text/json";
}

/// The members of one envelope as they are met, before the rules are applied to the whole.
class EnvelopeReader {
 public:
  EnvelopeReader(od::document& document, EventView& event, const EventParser::Request& request,
                 int max_depth)
      : document_(document), event_(event), request_(request), max_depth_(max_depth) {}

  /// A syntax error is the result; what breaks a rule is in `violation()`, and the walk goes on.
  Status Read(od::object object) {
    for (auto member : object) {
      od::field field;
      if (const auto error = std::move(member).get(field)) return Syntax(error);
      std::string_view name;
      if (const auto error = field.unescaped_key().get(name)) return Syntax(error);
      if (auto read = ReadMember(name, field.value()); !read) return read;
    }
    return {};
  }

  std::optional<Error>& violation() { return violation_; }
  bool has_specversion() const { return specversion_; }
  /// What the short form's member says; nothing where it has none.
  const std::optional<std::optional<ExpectedVersion>>& expected() const { return expected_; }

  /// Decoded `data_base64`, which the event's view points into.
  std::string decoded;

 private:
  Status ReadMember(std::string_view name, od::value value) {
    if (const auto place = FindAttribute(name)) {
      const AttributeField& field = AttributeFields()[*place];
      const std::uint32_t bit = 1U << *place;
      if ((seen_ & bit) != 0) Violate(BadMember(name, "appears twice."));
      seen_ |= bit;
      return field.member == &EventView::streamversion
                 ? ReadVersion(value)
                 : ReadText(name, value, event_.*field.member);
    }
    if (name == "data") return ReadData(value);
    if (name == "data_base64") return ReadBase64(value);
    if (name == "specversion") return ReadSpecversion(value);
    if (name == "tenant") return ReadTenant(value);
    return ReadExtension(name, value);
  }

  void Violate(Error error) {
    if (!violation_) violation_ = std::move(error);
  }

  Status ReadText(std::string_view name, od::value value, std::string_view& into) {
    od::json_type type{};
    if (const auto error = value.type().get(type)) return Syntax(error);
    if (type == od::json_type::null) return WalkJson(value, max_depth_);
    if (type != od::json_type::string) {
      Violate(BadMember(name, "must be a string."));
      return WalkJson(value, max_depth_);
    }
    if (const auto error = value.get_string().get(into)) return Syntax(error);
    if (into.empty()) Violate(BadMember(name, "must not be empty."));
    return {};
  }

  Status ReadVersion(od::value value) {
    const std::string_view token = TrimEnd(value.raw_json_token());
    if (token.empty() || token.size() > 16 ||
        !std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; })) {
      Violate(BadMember("streamversion", "must be a whole number."));
      return WalkJson(value, max_depth_);
    }
    event_.streamversion = token;
    return WalkJson(value, max_depth_);
  }

  Status ReadSpecversion(od::value value) {
    std::string_view version;
    if (specversion_) Violate(BadMember("specversion", "appears twice."));
    specversion_ = true;
    if (auto read = ReadText("specversion", value, version); !read) return read;
    if (version != "1.0") Violate(BadMember("specversion", "must be \"1.0\"."));
    return {};
  }

  Status ReadTenant(od::value value) {
    std::string_view tenant;
    if (auto read = ReadText("tenant", value, tenant); !read) return read;
    const bool own = tenant == request_.tenant ||
                     (request_.import != nullptr && tenant == request_.import->from_tenant);
    if (!violation_ && !own) {
      Violate(Fail(Errc::kTenantMismatch, "The event's 'tenant' is not the request's tenant."));
    }
    return {};
  }

  Status ReadData(od::value value) {
    if (event_.data_kind != DataKind::kNone) Violate(BadMember("data", "appears twice."));
    const std::string_view token = value.raw_json_token();
    od::json_type type{};
    if (const auto error = value.type().get(type)) return Syntax(error);
    if (auto walked = WalkJson(value, max_depth_); !walked) return walked;
    event_.data_kind = DataKind::kJson;
    event_.data = TrimEnd(token);
    if (type == od::json_type::object || type == od::json_type::array) {
      // The walk stopped behind the closing bracket.
      const char* end = nullptr;
      if (const auto error = document_.current_location().get(end)) return Syntax(error);
      event_.data = TrimEnd({token.data(), static_cast<std::size_t>(end - token.data())});
    }
    return {};
  }

  Status ReadBase64(od::value value) {
    if (event_.data_kind != DataKind::kNone)
      Violate(BadMember("data_base64", "stands beside 'data'."));
    std::string_view text;
    if (auto read = ReadText("data_base64", value, text); !read) return read;
    auto bytes = FromBase64(text);
    if (!bytes) {
      Violate(BadMember("data_base64", "is not base64."));
      return {};
    }
    decoded = std::move(*bytes);
    event_.data_kind = DataKind::kBytes;
    event_.data = decoded;
    return {};
  }

  Status ReadStandsFor(od::value value, std::string_view raw) {
    constexpr std::size_t kMostDigits = 9;
    if (raw.empty() || raw.size() > kMostDigits || raw.front() == '0' ||
        !std::ranges::all_of(raw, [](char c) { return c >= '0' && c <= '9'; })) {
      Violate(BadMember(kStandsForAttribute, "must be a whole number from 1 to 999,999,999."));
    } else if (std::ranges::any_of(event_.extensions, [](const Extension& e) {
                 return e.name == kStandsForAttribute;
               })) {
      Violate(BadMember(kStandsForAttribute, "appears twice."));
    } else {
      event_.extensions.push_back({kStandsForAttribute, raw});
    }
    return WalkJson(value, max_depth_);
  }

  Status ReadExpected(od::value value, std::string_view raw) {
    // `any` and `none` as strings, a version as a number.
    const bool quoted = raw.size() >= 2 && raw.front() == '"';
    if (quoted) raw = raw.substr(1, raw.size() - 2);
    auto expected = ParseExpectedVersion(raw);
    const bool is_word = raw == "any" || raw == "none";
    if (expected_) {
      Violate(BadMember("expectedVersion", "appears twice."));
    } else if (!expected || quoted != is_word) {
      Violate(BadMember("expectedVersion",
                        "must be \"any\", \"none\" or the stream's version, a whole number from 0 "
                        "to 9,007,199,254,740,991."));
    } else {
      expected_ = *expected;
    }
    return WalkJson(value, max_depth_);
  }

  Status ReadExtension(std::string_view name, od::value value) {
    od::json_type type{};
    if (const auto error = value.type().get(type)) return Syntax(error);
    const std::string_view raw = TrimEnd(value.raw_json_token());
    // In the short form only: an attribute of CloudEvents has no capital letters.
    if (name == "expectedVersion" && !request_.require_specversion && request_.import == nullptr) {
      return ReadExpected(value, raw);
    }
    if (std::ranges::find(kAgentAttributes, name) != kAgentAttributes.end()) {
      if (request_.import != nullptr && name == kStandsForAttribute)
        return ReadStandsFor(value, raw);
      if (request_.import != nullptr) return WalkJson(value, max_depth_);
      if (!request_.own) {
        Violate(Fail(Errc::kAttributeReserved,
                     "'" + std::string(name) + "' is set by the agent only."));
      }
    } else if (!IsExtensionName(name)) {
      Violate(
          BadMember(name, "is not an attribute: those have lower-case letters and digits only."));
    } else if (type == od::json_type::array || type == od::json_type::object) {
      Violate(BadMember(name,
                        "must be a string, a number or a boolean; structures belong into 'data'."));
    }
    if (std::ranges::any_of(event_.extensions,
                            [&](const Extension& e) { return e.name == name; })) {
      Violate(BadMember(name, "appears twice."));
    }
    if (type != od::json_type::null && !violation_) event_.extensions.push_back({name, raw});
    return WalkJson(value, max_depth_);
  }

  od::document& document_;
  EventView& event_;
  const EventParser::Request& request_;
  const int max_depth_;
  std::uint32_t seen_ = 0;
  bool specversion_ = false;
  std::optional<std::optional<ExpectedVersion>> expected_;
  std::optional<Error> violation_;
};

}  // namespace

class EventParser::Impl {
 public:
  Impl(const Clock& clock, Random& random, EventLimits limits)
      : clock_(clock), ids_(random), limits_(limits) {}

  /// Begins a request: what it leaves out is filled in the same way for all its events.
  void Begin(const Request& request) {
    now_ = clock_.WallNow();
    ids_.At(now_);
    default_source_ = "/tenants/" + std::string(request.tenant);
    default_time_ = FormatRfc3339(now_);
    line_ = 0;
  }

  od::parser& parser() { return parser_; }
  const EventLimits& limits() const { return limits_; }

  /// Reads one envelope. The result is a syntax error; a rule broken is in `refusal`.
  Status ReadEnvelope(od::document& document, od::object object, const Request& request,
                      std::size_t index, bool single, ParsedEvents& out,
                      std::optional<Error>& refusal) {
    event_ = EventView{};
    EnvelopeReader reader(document, event_, request, limits_.max_depth);
    if (auto read = reader.Read(object); !read) return read;
    refusal = std::move(reader.violation());
    if (!refusal && request.require_specversion && !reader.has_specversion()) {
      refusal = BadMember("specversion", "is missing.");
    }
    if (!refusal) refusal = TakeExpected(request, reader.expected());
    if (!refusal) refusal = Accept(request, index, single, out);
    return {};
  }

  /// What is expected of the stream of the event that is accepted next, by the query or by the
  /// event; the violation where they, or its `streamversion`, say different things.
  std::optional<Error> TakeExpected(const Request& request,
                                    const std::optional<std::optional<ExpectedVersion>>& of_event) {
    expected_ = request.expected;
    if (of_event && request.needs_stream) {
      return BadMember("expectedVersion", "stands in the query already.");
    }
    if (of_event) expected_ = *of_event;
    if ((of_event || request.needs_stream) && event_.stream.empty()) {
      return BadMember("expectedVersion", "needs an event with a 'stream'.");
    }
    const auto version = ParseStreamVersion(event_.streamversion);
    if (expected_ && version && expected_->version + 1 != *version) {
      return BadMember("expectedVersion", "is not the version before 'streamversion'.");
    }
    return std::nullopt;
  }

  /// Applies the rules to `event_` and appends it; the violation where there is one.
  std::optional<Error> Accept(const Request& request, std::size_t index, bool single,
                              ParsedEvents& out) {
    const bool caller_id = !event_.id.empty();
    const ImportRules* import = request.import;
    std::string key;
    if (import != nullptr && !import->id.empty()) {
      key = "import:" + std::string(import->id) + "#" + std::to_string(import->first_line + line_);
      event_.idempotency_key = key;
    } else if (!request.idempotency_key.empty()) {
      key = request.idempotency_key;
      if (!single) key += "#" + std::to_string(index);
      event_.idempotency_key = key;
    }
    const bool own = request.own || (import != nullptr && IsNotificationHistory(event_.type));
    if (auto valid = ValidateAttributes(event_, own); !valid) return valid.error();
    if (import != nullptr) {
      event_.extensions.push_back({kImportedAttribute, "true"});
      if (import->fire_triggers) event_.extensions.push_back({kFireTriggersAttribute, "true"});
    }
    std::int64_t due_ms = 0;  // Of one that is for later.
    // What is history already is not held back.
    if (!event_.scheduledat.empty() && !request.own && import == nullptr) {
      const auto due = ParseRfc3339(event_.scheduledat);
      if (due && *due > now_) due_ms = UnixMs(*due);
      // Later than the clock can say: the furthest moment, which no schedule takes. The years, of
      // four digits, compare as text.
      if (!due && event_.scheduledat > default_time_) due_ms = kFurthestMs;
    }
    const bool held = due_ms != 0;
    if (held && expected_) {
      return BadMember("expectedVersion",
                       "cannot be checked before 'scheduledat': leave it out, or give the event "
                       "the 'streamversion' that it must get then.");
    }
    // History of a stream that is not here yet may begin in its middle.
    if (const auto version = ParseStreamVersion(event_.streamversion); version && import) {
      expected_ = ExpectedVersion{.version = *version - 1, .or_begins = true};
    }
    // Only now, because what is filled in needs no check.
    if (!caller_id) event_.id = ids_.Next();
    if (event_.source.empty()) event_.source = default_source_;
    // What is held back happens when it is due.
    if (event_.time.empty()) event_.time = held ? event_.scheduledat : default_time_;
    EventBatch& batch = held ? out.held.batch : out.batch;
    const std::size_t begin = batch.records.size();
    AppendRecord(batch.records, event_);
    if (batch.records.size() - begin > limits_.max_event_bytes) {
      batch.records.resize(begin);
      return Fail(Errc::kEventTooLarge, "The event is larger than " +
                                            std::to_string(limits_.max_event_bytes) + " bytes.");
    }
    batch.offsets.push_back(static_cast<std::uint32_t>(begin));
    if (held) {
      out.held.indices.push_back(index);
      out.held.due_ms.push_back(due_ms);
      out.held.has_caller_id.push_back(caller_id || !key.empty());
    } else {
      out.indices.push_back(index);
      out.has_caller_id.push_back(caller_id || !key.empty());
      if (expected_ || !out.expected.empty()) {
        out.expected.resize(out.indices.size());
        out.expected.back() = expected_;
      }
    }
    return std::nullopt;
  }

  EventView& event() { return event_; }

  void Reject(std::size_t index, Error error, ParsedEvents& out) {
    out.rejected.push_back({index, error.code, std::move(error.detail), line_});
  }

  /// Which line of the body is read: what an import's keys and rejections say.
  void At(std::size_t line) { line_ = line; }

 private:
  const Clock& clock_;
  Uuid7Batch ids_;
  const EventLimits limits_;
  Clock::WallTime now_;
  od::parser parser_;
  EventView event_;
  std::optional<ExpectedVersion> expected_;  // Of `event_`.
  std::string default_source_;
  std::string default_time_;
  std::size_t line_ = 0;
};

EventParser::EventParser(const Clock& clock, Random& random, EventLimits limits)
    : impl_(std::make_unique<Impl>(clock, random, limits)) {}
EventParser::~EventParser() = default;

std::size_t EventParser::Padding() { return simdjson::SIMDJSON_PADDING; }

Result<ParsedEvents> EventParser::ParseOne(std::string& body, const Request& request) {
  body.reserve(body.size() + Padding());
  impl_->Begin(request);
  ParsedEvents out;
  od::document document;
  if (const auto error =
          impl_->parser().iterate(body.data(), body.size(), body.capacity()).get(document)) {
    return Syntax(error);
  }
  od::object object;
  if (const auto error = document.get_object().get(object)) {
    if (error == simdjson::INCORRECT_TYPE) return WrongRoot(document, "An event is a JSON object.");
    return Syntax(error);
  }
  std::optional<Error> refusal;
  if (auto read = impl_->ReadEnvelope(document, object, request, 0, true, out, refusal); !read) {
    return read.error();
  }
  if (auto ended = CheckNothingFollows(document); !ended) return ended.error();
  if (refusal) return std::move(*refusal);
  return out;
}

Result<ParsedEvents> EventParser::ParseArray(std::string& body, const Request& request) {
  body.reserve(body.size() + Padding());
  impl_->Begin(request);
  ParsedEvents out;
  od::document document;
  const auto at = [&](Error error) {
    const char* where = nullptr;
    if (!document.current_location().get(where) && where >= body.data()) {
      error.detail += " At byte " + std::to_string(where - body.data()) + ".";
    }
    return error;
  };
  if (const auto error =
          impl_->parser().iterate(body.data(), body.size(), body.capacity()).get(document)) {
    return Syntax(error);
  }
  od::array array;
  if (const auto error = document.get_array().get(array)) {
    if (error == simdjson::INCORRECT_TYPE) {
      return at(WrongRoot(document, "A batch is a JSON array of events."));
    }
    return at(Syntax(error));
  }
  std::size_t index = 0;
  for (auto element : array) {
    if (index == impl_->limits().max_batch) {
      return Fail(Errc::kBatchTooLarge,
                  "A batch has at most " + std::to_string(impl_->limits().max_batch) + " events.");
    }
    impl_->At(index);
    od::value value;
    if (const auto error = std::move(element).get(value)) return at(Syntax(error));
    od::json_type type{};
    if (const auto error = value.type().get(type)) return at(Syntax(error));
    if (type != od::json_type::object) {
      if (auto walked = WalkJson(value, impl_->limits().max_depth); !walked)
        return at(walked.error());
      impl_->Reject(index, Fail(Errc::kInvalidEvent, "An event is a JSON object."), out);
    } else {
      od::object object;
      if (const auto error = value.get_object().get(object)) return at(Syntax(error));
      std::optional<Error> refusal;
      if (auto read = impl_->ReadEnvelope(document, object, request, index, false, out, refusal);
          !read) {
        return at(read.error());
      }
      if (refusal) impl_->Reject(index, std::move(*refusal), out);
    }
    ++index;
  }
  if (auto ended = CheckNothingFollows(document); !ended) return ended.error();
  return out;
}

Result<ParsedEvents> EventParser::ParseLines(std::string& body, const Request& request) {
  body.reserve(body.size() + Padding());
  impl_->Begin(request);
  ParsedEvents out;
  std::size_t index = 0;
  std::size_t begin = 0;
  for (std::size_t number = 0; begin < body.size(); ++number) {
    impl_->At(number);
    const std::size_t feed = std::min(body.find('\n', begin), body.size());
    const std::string_view line = TrimEnd(std::string_view(body).substr(begin, feed - begin));
    if (!line.empty()) {
      if (index == impl_->limits().max_batch) {
        return Fail(
            Errc::kBatchTooLarge,
            "A batch has at most " + std::to_string(impl_->limits().max_batch) + " events.");
      }
      od::document document;
      od::object object;
      std::optional<Error> refusal;
      auto error =
          impl_->parser().iterate(line.data(), line.size(), body.capacity() - begin).get(document);
      if (!error) error = document.get_object().get(object);
      if (error == simdjson::INCORRECT_TYPE) {
        impl_->Reject(index, WrongRoot(document, "An event is a JSON object."), out);
      } else if (error) {
        impl_->Reject(index, Syntax(error), out);
      } else {
        const std::size_t records = out.batch.records.size();
        const std::size_t held = out.held.batch.records.size();
        auto read = impl_->ReadEnvelope(document, object, request, index, false, out, refusal);
        if (read) read = CheckNothingFollows(document);
        if (!read) {
          // What the envelope already appended goes with its line.
          DropBehind(out, records, held);
          impl_->Reject(index, read.error(), out);
        } else if (refusal) {
          impl_->Reject(index, std::move(*refusal), out);
        }
      }
      ++index;
    }
    begin = feed + 1;
  }
  return out;
}

Result<ParsedEvents> EventParser::ParseBinary(
    std::span<const std::pair<std::string_view, std::string_view>> attributes, std::string& body,
    std::string_view content_type, const Request& request) {
  impl_->Begin(request);
  ParsedEvents out;
  EventView& event = impl_->event();
  event = EventView{};
  std::vector<std::string> quoted;
  quoted.reserve(attributes.size());
  for (const auto& [name, value] : attributes) {
    const auto place = FindAttribute(name);
    if (name == "specversion") {
      if (value != "1.0") return BadMember("specversion", "must be \"1.0\".");
    } else if (name == "tenant") {
      if (value != request.tenant) {
        return Fail(Errc::kTenantMismatch, "The event's 'tenant' is not the request's tenant.");
      }
    } else if (place) {
      const auto member = AttributeFields()[*place].member;
      if (!(event.*member).empty()) return BadMember(name, "appears twice.");
      event.*member = value;
    } else if (std::ranges::find(kAgentAttributes, name) != kAgentAttributes.end()) {
      return Fail(Errc::kAttributeReserved,
                  "'" + std::string(name) + "' is set by the agent only.");
    } else if (!IsExtensionName(name)) {
      return BadMember(name, "is not an attribute: those have lower-case letters and digits only.");
    } else {
      std::string text;
      AppendJsonString(text, value);
      quoted.push_back(std::move(text));
      event.extensions.push_back({name, quoted.back()});
    }
  }
  event.datacontenttype = content_type;
  if (!body.empty()) {
    event.data_kind = IsJsonContent(content_type) ? DataKind::kJson : DataKind::kBytes;
    event.data = body;
    if (event.data_kind == DataKind::kJson) {
      body.reserve(body.size() + Padding());
      event.data = TrimEnd(body);
      const simdjson::padded_string_view padded(body.data(), body.size(), body.capacity());
      if (auto checked = CheckJsonDocument(impl_->parser(), padded, impl_->limits().max_depth);
          !checked) {
        return checked.error();
      }
    }
  }
  auto refusal = impl_->TakeExpected(request, std::nullopt);
  if (!refusal) refusal = impl_->Accept(request, 0, true, out);
  if (refusal) return std::move(*refusal);
  return out;
}

}  // namespace notify
