#include "agent/ingress/gateway/event_extractor.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "agent/ingress/gateway/answer_json.hpp"
#include "agent/ingress/http/message.hpp"
#include "common/json_text.hpp"
#include "common/model/json_pointer.hpp"
#include "common/model/rfc3339.hpp"

namespace notify::agent::ingress {
namespace {

constexpr std::string_view kFxQuoteCreated = "fx.quote.created";
constexpr std::size_t kMaxSubject = 256;

using Pointers = std::initializer_list<std::string_view>;

bool IsJson(std::string_view content_type) {
  std::string_view media = content_type.substr(0, content_type.find(';'));
  while (media.ends_with(' ')) media.remove_suffix(1);
  return media.empty() || SameHeader(media, "application/json") ||
         SameHeader(media.substr(media.size() - std::min<std::size_t>(5, media.size())), "+json");
}

/// Builds one JSON object, member by member.
class ObjectText {
 public:
  explicit ObjectText(std::string begun = "{") : out_(std::move(begun)) {}
  void Raw(std::string_view name, std::string_view json) {
    if (out_.back() != '{') out_ += ',';
    AppendJsonString(out_, name);
    out_ += ':';
    out_ += json;
  }
  void String(std::string_view name, std::string_view text) {
    std::string quoted;
    AppendJsonString(quoted, text);
    Raw(name, quoted);
  }
  std::string Finish() { return std::move(out_) + "}"; }

 private:
  std::string out_;
};

std::string_view FirstOf(AnswerJson& json, Pointers pointers) {
  for (const auto pointer : pointers) {
    if (const auto raw = json.Raw(pointer); raw && *raw != "null") return *raw;
  }
  return "null";
}

std::optional<std::string> FirstText(AnswerJson& json, Pointers pointers) {
  for (const auto pointer : pointers) {
    if (auto text = json.Text(pointer)) return text;
  }
  return std::nullopt;
}

class Extraction {
 public:
  Extraction(const AnsweredRequest& from, AnswerJson answer, std::optional<AnswerJson> request)
      : from_(from), answer_(std::move(answer)), request_(std::move(request)) {}

  Result<ExtractedEvent> Run() {
    auto data = Data();
    if (!data) return data.error();
    ExtractedEvent event;
    const auto quote_id = FirstText(answer_, {"/quoteId", "/id"});
    ObjectText envelope;
    envelope.String("type", from_.route.emit.type);
    envelope.String("correlationid", from_.correlation_id);
    if (quote_id && IsSubject(*quote_id)) envelope.String("subject", *quote_id);
    envelope.Raw("data", *data);
    event.envelope = envelope.Finish();
    event.duplicate_key = from_.route.emit.type + "/";
    event.duplicate_key += !from_.idempotency_key.empty() ? from_.idempotency_key
                           : quote_id                     ? *quote_id
                                                          : from_.correlation_id;
    if (IsFxQuote()) event.quote = Summary(quote_id.value_or(""));
    return event;
  }

 private:
  bool IsFxQuote() const { return from_.route.emit.type == kFxQuoteCreated; }

  static bool IsSubject(std::string_view text) {
    return text.size() <= kMaxSubject &&
           std::ranges::none_of(text, [](char c) { return c >= 0 && (c < 0x20 || c == 0x7F); });
  }

  Result<std::string> Data() {
    const auto& members = from_.route.emit.data;
    if (members.empty()) return WholeAnswer();
    ObjectText data;
    for (const auto& [name, pointer] : members) {
      data.Raw(name, answer_.Raw(pointer).value_or("null"));
    }
    if (IsFxQuote()) Complete(data);
    return data.Finish();
  }

  Result<std::string> WholeAnswer() {
    if (from_.cut) {
      return Fail(Errc::kEventTooLarge,
                  "The answer is larger than the " + std::to_string(kInspectedBytes) +
                      " bytes that are looked at.",
                  "Name the members that the event needs in 'emit.data' of the route.");
    }
    const std::string_view whole = answer_.Raw("").value_or("null");
    if (!IsFxQuote()) return std::string(whole);
    if (!answer_.is_object()) {
      return Fail(Errc::kInvalidJson, "The answer is not a JSON object, which a quote is.");
    }
    const auto end = whole.find_last_not_of(" \t\r\n", whole.size() - 2);
    ObjectText data{std::string(whole.substr(0, end + 1))};
    Complete(data);
    return data.Finish();
  }

  /// Adds what a subscriber needs besides the quote (E4.F5.C1.R2), where the data has no such
  /// member.
  void Complete(ObjectText& data) {
    const auto text = [&](std::string_view name, std::string_view value) {
      if (!Has(name)) data.String(name, value);
    };
    text("tenantId", from_.tenant);
    text("correlationId", from_.correlation_id);
    text("timestamp", FormatRfc3339(from_.answered_at));
    if (!Has("customer")) data.Raw("customer", Customer());
    if (!Has("rateDetails")) data.Raw("rateDetails", RateDetails());
    if (!Has("compliance")) data.Raw("compliance", FromEither({"/compliance"}));
  }

  bool Has(std::string_view name) {
    const auto& members = from_.route.emit.data;
    if (members.empty()) return answer_.Raw("/" + PointerToken(name)).has_value();
    return std::ranges::any_of(members, [&](const auto& member) { return member.first == name; });
  }

  std::string_view FromEither(Pointers pointers) {
    const auto found = FirstOf(answer_, pointers);
    return found == "null" && request_ ? FirstOf(*request_, pointers) : found;
  }

  std::string Customer() {
    const std::string_view whole = FromEither({"/customer"});
    if (whole != "null") return std::string(whole);
    ObjectText customer;
    customer.Raw("id", FromEither({"/customerId"}));
    return customer.Finish();
  }

  std::string RateDetails() {
    const std::string_view whole = FirstOf(answer_, {"/rateDetails"});
    if (whole != "null") return std::string(whole);
    ObjectText details;
    details.Raw("rate", FirstOf(answer_, {"/rate", "/exchangeRate"}));
    details.Raw("midMarketRate", FirstOf(answer_, {"/midMarketRate"}));
    details.Raw("margin", FirstOf(answer_, {"/margin"}));
    details.Raw("fees", FirstOf(answer_, {"/fees", "/fee"}));
    details.Raw("source", FirstOf(answer_, {"/source", "/rateSource"}));
    details.Raw("quotedAt", FirstOf(answer_, {"/quotedAt", "/rateTimestamp", "/timestamp"}));
    details.Raw("validUntil", FirstOf(answer_, {"/validUntil", "/expiresAt"}));
    return details.Finish();
  }

  QuoteSummary Summary(std::string quote_id) {
    const auto text = [&](std::string_view pointer) {
      auto found = answer_.Text(pointer);
      if (!found && request_) found = request_->Text(pointer);
      return found.value_or("");
    };
    return {std::move(quote_id), text("/fromCurrency"), text("/toCurrency"), text("/amount")};
  }

  const AnsweredRequest& from_;
  AnswerJson answer_;
  std::optional<AnswerJson> request_;
};

}  // namespace

Result<ExtractedEvent> ExtractEvent(const AnsweredRequest& answered) {
  if (!IsJson(answered.answer_type)) {
    return Fail(Errc::kContentTypeUnsupported,
                "The answer's Content-Type is not JSON, so no event can be made of it.");
  }
  auto answer = AnswerJson::Parse(answered.answer, answered.cut);
  if (!answer) return answer.error();
  // A request that is not JSON tells nothing of the customer; the answer may.
  std::optional<AnswerJson> request;
  if (answered.request_body.size() <= kInspectedBytes) {
    if (auto parsed = AnswerJson::Parse(answered.request_body, false)) {
      request.emplace(std::move(*parsed));
    }
  }
  return Extraction(answered, std::move(*answer), std::move(request)).Run();
}

}  // namespace notify::agent::ingress
