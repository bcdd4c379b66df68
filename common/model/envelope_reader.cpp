#include "common/model/envelope_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/encoding.hpp"
#include "common/model/json_walk.hpp"

namespace notify {
namespace {

namespace od = simdjson::ondemand;

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

}  // namespace

Error Syntax(simdjson::error_code code) {
  return Fail(code == simdjson::DEPTH_ERROR ? Errc::kJsonTooDeep : Errc::kInvalidJson,
              simdjson::error_message(code));
}

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

bool IsAgentAttribute(std::string_view name) {
  return std::ranges::find(kAgentAttributes, name) != kAgentAttributes.end();
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
Status EnvelopeReader::Read(od::object object) {
  for (auto member : object) {
    od::field field;
    if (const auto error = std::move(member).get(field)) return Syntax(error);
    std::string_view name;
    if (const auto error = field.unescaped_key().get(name)) return Syntax(error);
    if (auto read = ReadMember(name, field.value()); !read) return read;
  }
  return {};
}

Status EnvelopeReader::ReadMember(std::string_view name, od::value value) {
  if (const auto place = FindAttribute(name)) {
    const AttributeField& field = AttributeFields()[*place];
    const std::uint32_t bit = 1U << *place;
    if ((seen_ & bit) != 0) Violate(BadMember(name, "appears twice."));
    seen_ |= bit;
    return field.member == &EventView::streamversion ? ReadVersion(value)
                                                     : ReadText(name, value, event_.*field.member);
  }
  if (name == "data") return ReadData(value);
  if (name == "data_base64") return ReadBase64(value);
  if (name == "specversion") return ReadSpecversion(value);
  if (name == "tenant") return ReadTenant(value);
  return ReadExtension(name, value);
}

void EnvelopeReader::Violate(Error error) {
  if (!violation_) violation_ = std::move(error);
}

Status EnvelopeReader::ReadText(std::string_view name, od::value value, std::string_view& into) {
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

Status EnvelopeReader::ReadVersion(od::value value) {
  const std::string_view token = TrimEnd(value.raw_json_token());
  if (token.empty() || token.size() > 16 ||
      !std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; })) {
    Violate(BadMember("streamversion", "must be a whole number."));
    return WalkJson(value, max_depth_);
  }
  event_.streamversion = token;
  return WalkJson(value, max_depth_);
}

Status EnvelopeReader::ReadSpecversion(od::value value) {
  std::string_view version;
  if (specversion_) Violate(BadMember("specversion", "appears twice."));
  specversion_ = true;
  if (auto read = ReadText("specversion", value, version); !read) return read;
  if (version != "1.0") Violate(BadMember("specversion", "must be \"1.0\"."));
  return {};
}

Status EnvelopeReader::ReadTenant(od::value value) {
  std::string_view tenant;
  if (auto read = ReadText("tenant", value, tenant); !read) return read;
  const bool own = tenant == request_.tenant ||
                   (request_.import != nullptr && tenant == request_.import->from_tenant);
  if (!violation_ && !own) {
    Violate(Fail(Errc::kTenantMismatch, "The event's 'tenant' is not the request's tenant."));
  }
  return {};
}

Status EnvelopeReader::ReadData(od::value value) {
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

Status EnvelopeReader::ReadBase64(od::value value) {
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

Status EnvelopeReader::ReadStandsFor(od::value value, std::string_view raw) {
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

Status EnvelopeReader::ReadExpected(od::value value, std::string_view raw) {
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

Status EnvelopeReader::ReadExtension(std::string_view name, od::value value) {
  od::json_type type{};
  if (const auto error = value.type().get(type)) return Syntax(error);
  const std::string_view raw = TrimEnd(value.raw_json_token());
  // In the short form only: an attribute of CloudEvents has no capital letters.
  if (name == "expectedVersion" && !request_.require_specversion && request_.import == nullptr) {
    return ReadExpected(value, raw);
  }
  if (IsAgentAttribute(name)) {
    if (request_.import != nullptr && name == kStandsForAttribute) return ReadStandsFor(value, raw);
    if (request_.import != nullptr) return WalkJson(value, max_depth_);
    if (!request_.own) {
      Violate(
          Fail(Errc::kAttributeReserved, "'" + std::string(name) + "' is set by the agent only."));
    }
  } else if (!IsExtensionName(name)) {
    Violate(BadMember(name, "is not an attribute: those have lower-case letters and digits only."));
  } else if (type == od::json_type::array || type == od::json_type::object) {
    Violate(
        BadMember(name, "must be a string, a number or a boolean; structures belong into 'data'."));
  }
  if (std::ranges::any_of(event_.extensions, [&](const Extension& e) { return e.name == name; })) {
    Violate(BadMember(name, "appears twice."));
  }
  if (type != od::json_type::null && !violation_) event_.extensions.push_back({name, raw});
  return WalkJson(value, max_depth_);
}

}  // namespace notify
