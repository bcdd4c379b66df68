#include <cmath>
#include <optional>

#include "common/template_engine/helper.hpp"

namespace notify::template_engine {

namespace {

bool IsBlank(const Value& value) {
  return value.is_nullish() || (value.kind() == Kind::kString && value.size() == 0);
}

Value Default(HelperCall& call) {
  for (const Value& value : call.args()) {
    if (!IsBlank(value)) return value;
  }
  return call.args().back();
}

Value Eq(HelperCall& call) { return Value::Bool(call.Arg(0).Equals(call.Arg(1))); }
Value Ne(HelperCall& call) { return Value::Bool(!call.Arg(0).Equals(call.Arg(1))); }

// Less, equal or greater as -1, 0, 1; nothing when the two cannot be ordered.
std::optional<int> Compare(const Value& a, const Value& b) {
  if (a.kind() == Kind::kNumber && b.kind() == Kind::kNumber) {
    return a.number() < b.number() ? -1 : (a.number() > b.number() ? 1 : 0);
  }
  if (a.kind() == Kind::kString && b.kind() == Kind::kString) {
    const int order = a.text().compare(b.text());
    return order < 0 ? -1 : (order > 0 ? 1 : 0);
  }
  return std::nullopt;
}

Value Ordered(HelperCall& call, int wanted, const char* name) {
  const Value a = call.Arg(0);
  const Value b = call.Arg(1);
  if (a.is_nullish() || b.is_nullish()) return Value::Bool(false);
  const auto order = Compare(a, b);
  if (!order) return call.Fail(std::string(name) + " compares two numbers or two texts");
  return Value::Bool(*order == wanted);
}

Value Lt(HelperCall& call) { return Ordered(call, -1, "lt"); }
Value Gt(HelperCall& call) { return Ordered(call, 1, "gt"); }

Value And(HelperCall& call) {
  for (const Value& value : call.args()) {
    if (value.IsEmpty() || !value.IsTruthy()) return value;
  }
  return call.args().back();
}

Value Or(HelperCall& call) {
  for (const Value& value : call.args()) {
    if (!value.IsEmpty() && value.IsTruthy()) return value;
  }
  return call.args().back();
}

Value Not(HelperCall& call) {
  return Value::Bool(call.Arg(0).IsEmpty() || !call.Arg(0).IsTruthy());
}

// One code point of the scripts whose capitals stand at a fixed distance; others stay as they are.
unsigned SwapCase(unsigned code, bool upper) {
  const auto shift = [&](unsigned first_small, unsigned last_small, unsigned distance) {
    if (upper && code >= first_small && code <= last_small) return code - distance;
    if (!upper && code >= first_small - distance && code <= last_small - distance) {
      return code + distance;
    }
    return code;
  };
  if (code < 0x80) return shift('a', 'z', 32);
  if (code == 0xD7 || code == 0xF7) return code;
  if (code < 0x100) return shift(0xE0, 0xFE, 32);
  const bool even_capitals = (code >= 0x100 && code <= 0x12F) || (code >= 0x132 && code <= 0x137) ||
                             (code >= 0x14A && code <= 0x177);
  const bool odd_capitals = (code >= 0x139 && code <= 0x148) || (code >= 0x179 && code <= 0x17E);
  if (even_capitals) return upper ? code & ~1U : code | 1U;
  if (odd_capitals) return upper ? code - (code + 1) % 2 : code + code % 2;
  if (code >= 0x391 && code <= 0x3C9 && code != 0x3C2 && code != 0x3A2) {
    return shift(0x3B1, 0x3C9, 32);
  }
  if (code >= 0x410 && code <= 0x44F) return shift(0x430, 0x44F, 32);
  if (code >= 0x400 && code <= 0x45F) return shift(0x450, 0x45F, 80);
  return code;
}

Value ChangeCase(HelperCall& call, bool upper) {
  std::string& out = call.buffer();
  call.Arg(0).AppendText(out);
  for (std::size_t i = call.start(); i < out.size(); ++i) {
    const auto lead = static_cast<unsigned char>(out[i]);
    if (lead < 0x80U) {
      out[i] = static_cast<char>(SwapCase(lead, upper));
    } else if (lead >= 0xC3U && lead <= 0xD1U && i + 1 < out.size()) {
      const auto tail = static_cast<unsigned char>(out[i + 1]);
      const unsigned code = SwapCase((lead & 0x1FU) << 6U | (tail & 0x3FU), upper);
      out[i] = static_cast<char>(0xC0U | code >> 6U);
      out[i + 1] = static_cast<char>(0x80U | (code & 0x3FU));
      ++i;
    }
  }
  return call.Text();
}

Value Upper(HelperCall& call) { return ChangeCase(call, true); }
Value Lower(HelperCall& call) { return ChangeCase(call, false); }

Value Json(HelperCall& call) {
  AppendJson(call.Arg(0), call.buffer());
  const Value text = call.Text();
  const bool fits = call.escape() == Escape::kJson || call.escape() == Escape::kYaml;
  return fits ? text.Safe() : text;
}

Value Number(HelperCall& call) {
  Value decimals = call.Named("decimals");
  if (decimals.is_undefined()) decimals = call.Arg(1);
  if (decimals.is_undefined()) decimals = Value::Number(2);
  const bool whole = decimals.kind() == Kind::kNumber && decimals.number() >= 0 &&
                     decimals.number() <= kMaxDecimals &&
                     decimals.number() == std::trunc(decimals.number());
  if (!whole) return call.Fail("number takes 0 to 20 decimals");
  const auto number = ToDecimalNumber(call.Arg(0));
  if (!number) return call.Fail("number formats a number, and this is none");
  const Value group = call.Named("group");
  AppendFixed(*number, static_cast<int>(decimals.number()),
              group.kind() == Kind::kString ? group.text() : std::string_view(), call.buffer());
  return call.Text();
}

Value Join(HelperCall& call) {
  const Value list = call.Arg(0);
  if (list.kind() != Kind::kArray) return call.Fail("join takes a list");
  const Value between = call.Arg(1);
  std::string& out = call.buffer();
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    if (i != 0) out += between.kind() == Kind::kString ? between.text() : ", ";
    list.items()[i].AppendText(out);
  }
  return call.Text();
}

constexpr std::uint8_t kAny = Helper::kAny;

constexpr Helper kHelpers[] = {
    {"default", Default, 2, kAny, true, false, "{{default nickname \"friend\"}} → friend"},
    {"eq", Eq, 2, 2, false, true, "{{#if (eq status \"ok\")}}fine{{/if}} → fine"},
    {"ne", Ne, 2, 2, false, true, "{{#if (ne status \"ok\")}}look{{/if}} → look"},
    {"lt", Lt, 2, 2, false, true, "{{#if (lt amount 10)}}small{{/if}} → small"},
    {"gt", Gt, 2, 2, false, true, "{{#if (gt amount 10)}}large{{/if}} → large"},
    {"and", And, 2, kAny, true, true, "{{#if (and paid shipped)}}done{{/if}} → done"},
    {"or", Or, 2, kAny, true, true, "{{or nickname name}} → Ada"},
    {"not", Not, 1, 1, true, true, "{{#if (not paid)}}open{{/if}} → open"},
    {"upper", Upper, 1, 1, false, false, "{{upper \"eur\"}} → EUR"},
    {"lower", Lower, 1, 1, false, false, "{{lower \"EUR\"}} → eur"},
    {"json", Json, 1, 1, false, false, "{{json fees}} → {\"amount\":1.5}"},
    {"number", Number, 1, 2, false, false, "{{number 1234.5 2 group=\",\"}} → 1,234.50"},
    {"join", Join, 1, 2, false, false, "{{join tags \" / \"}} → a / b"},
};

}  // namespace

Value HelperCall::Named(std::string_view name) const {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == name) return named_[i];
  }
  return {};
}

Value HelperCall::Text() {
  const std::string_view written = std::string_view(out_).substr(start_);
  const std::string_view text = CopyText(scratch_, written);
  if (text.size() != written.size()) return Fail("the render needs more memory than its limit");
  out_.resize(start_);
  return Value::String(text);
}

Value HelperCall::Fail(std::string detail) {
  failure_ = std::move(detail);
  return {};
}

std::span<const Helper> BuiltinHelpers() { return kHelpers; }

}  // namespace notify::template_engine
