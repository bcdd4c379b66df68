#pragma once

#include <string>

#include "agent/ingress/rest/call.hpp"
#include "common/model/batch_reading.hpp"
#include "common/model/event_parser.hpp"

namespace notify::agent::ingress::rest {

/// The media type of a call's body alone, in lower case.
std::string MediaType(const Call& call);

/// kContentTypeUnsupported: `media` is not one of what is `accepted`.
Error UnsupportedType(const std::string& media, std::string_view accepted);

/// The header `Idempotency-Key`; empty where there is none. kInvalidArgument above 255 characters.
Result<std::string_view> IdempotencyKey(const Call& call);

/// How a body of `media` holds many events: a JSON array, a CloudEvents batch, whose events must
/// say their `specversion`, or lines. kContentTypeUnsupported.
Result<BatchReading::Format> BatchFormat(const std::string& media, EventParser::Request& request);

/// The beginning of a batch's answer up to `rejected`, without a closing brace. The positions are
/// null where `accepted` is 0.
std::string BatchCounts(const pipeline::Acknowledgement& ack);

}  // namespace notify::agent::ingress::rest
