#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/model/event_parser.hpp"

namespace notify {

/// What simdjson says of a document, as our error.
Error Syntax(simdjson::error_code code);

/// The error of a document that is not what it `must` be, or that is no JSON at all: simdjson looks
/// at no more than the first character before it says that a value has another type.
Error WrongRoot(simdjson::ondemand::document& document, std::string_view must);

/// kInvalidEvent: what is wrong with one member of an envelope.
Error BadMember(std::string_view name, std::string_view why);

/// Whether only the agent sets this attribute (contract 4).
bool IsAgentAttribute(std::string_view name);

/// Whether an extension may have this name: lower-case letters and digits (CloudEvents 1.0,
/// naming).
bool IsExtensionName(std::string_view name);

/// `text` without JSON's white space at its end.
std::string_view TrimEnd(std::string_view text);

/// The members of one envelope as they are met, before the rules are applied to the whole. Included
/// by the `.cpp` files that parse, never by public headers.
///
/// Lifetime: as the reading of one event; `document`, `event` and `request` outlive it.
/// Threads:  one.
class EnvelopeReader {
 public:
  EnvelopeReader(simdjson::ondemand::document& document, EventView& event,
                 const EventParser::Request& request, int max_depth)
      : document_(document), event_(event), request_(request), max_depth_(max_depth) {}

  /// A syntax error is the result; what breaks a rule is in `violation()`, and the walk goes on.
  Status Read(simdjson::ondemand::object object);

  std::optional<Error>& violation() { return violation_; }
  bool has_specversion() const { return specversion_; }
  /// What the short form's member says; nothing where it has none.
  const std::optional<std::optional<ExpectedVersion>>& expected() const { return expected_; }

  /// Decoded `data_base64`, which the event's view points into.
  std::string decoded;

 private:
  Status ReadMember(std::string_view name, simdjson::ondemand::value value);

  void Violate(Error error);

  Status ReadText(std::string_view name, simdjson::ondemand::value value, std::string_view& into);

  Status ReadVersion(simdjson::ondemand::value value);

  Status ReadSpecversion(simdjson::ondemand::value value);

  Status ReadTenant(simdjson::ondemand::value value);

  Status ReadData(simdjson::ondemand::value value);

  Status ReadBase64(simdjson::ondemand::value value);

  Status ReadStandsFor(simdjson::ondemand::value value, std::string_view raw);

  Status ReadExpected(simdjson::ondemand::value value, std::string_view raw);

  Status ReadExtension(std::string_view name, simdjson::ondemand::value value);

  simdjson::ondemand::document& document_;
  EventView& event_;
  const EventParser::Request& request_;
  const int max_depth_;
  std::uint32_t seen_ = 0;
  bool specversion_ = false;
  std::optional<std::optional<ExpectedVersion>> expected_;
  std::optional<Error> violation_;
};

}  // namespace notify
