#include "common/signalr/messagepack_fields.hpp"

#include <limits>

#include "common/json_text.hpp"
#include "common/signalr/messagepack_to_json.hpp"
#include "common/utf8.hpp"

namespace notify::signalr {
namespace {

using messagepack::Item;

Error Unreadable(std::string_view name, std::string_view type) {
  return Fail(Errc::kInvalidArgument,
              "Reading '" + std::string(name) + "' as " + std::string(type) + " failed.");
}

Error NoLength(std::string_view kind, std::string_view name) {
  return Fail(Errc::kInvalidArgument,
              "Reading " + std::string(kind) + " length for '" + std::string(name) + "' failed.");
}

Error Empty(std::string_view what) {
  return Fail(Errc::kInvalidArgument, "Null or empty " + std::string(what) + ".");
}

template <typename Wanted>
const Wanted* As(const std::optional<Item>& item) {
  return item ? std::get_if<Wanted>(&*item) : nullptr;
}

std::optional<std::int64_t> AsInteger(const std::optional<Item>& item) {
  if (const auto* negative = As<std::int64_t>(item)) return *negative;
  const auto* number = As<std::uint64_t>(item);
  if (number == nullptr || *number > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

// Nothing for nil.
Result<std::optional<std::string_view>> AsText(const std::optional<Item>& item,
                                               std::string_view name) {
  if (As<messagepack::Nil>(item) != nullptr) return std::optional<std::string_view>();
  const auto* string = As<messagepack::String>(item);
  if (string == nullptr || !IsUtf8(string->text)) return Unreadable(name, "String");
  return std::optional(string->text);
}

Result<std::string_view> AsFilledText(const std::optional<Item>& item, std::string_view name,
                                      std::string_view what) {
  const auto text = AsText(item, name);
  if (!text) return text.error();
  if (!*text || (*text)->empty()) return Empty(what);
  return **text;
}

}  // namespace

Result<std::int64_t> MessagePackFields::Type() {
  const auto item = reader_.Next();
  const auto* array = As<messagepack::Array>(item);
  if (array == nullptr) return NoLength("array", "elementCount");
  size_ = array->size;
  return Integer("messageType", "Int32");
}

Status MessagePackFields::TakeHeaders() {
  const auto item = Next();
  const auto* map = As<messagepack::Map>(item);
  if (map == nullptr) return NoLength("map", "headers");
  if (map->size == 0) return {};
  values_ += '{';
  for (std::size_t i = 0; i < map->size; ++i) {
    if (i > 0) values_ += ',';
    if (auto taken = TakeHeader(i); !taken) return taken;
  }
  values_ += '}';
  headers_end_ = values_.size();
  return {};
}

Status MessagePackFields::TakeHeader(std::size_t index) {
  const std::string name = "headers[" + std::to_string(index) + "].";
  const auto key = AsFilledText(reader_.Next(), name + "Key", "key in header");
  if (!key) return key.error();
  const auto value = AsFilledText(reader_.Next(), name + "Value", "value in header");
  if (!value) return value.error();
  AppendJsonString(values_, *key);
  values_ += ':';
  AppendJsonString(values_, *value);
  return {};
}

Result<std::optional<std::string>> MessagePackFields::OptionalString(std::string_view name) {
  const auto text = AsText(Next(), name);
  if (!text) return text.error();
  return *text ? std::optional<std::string>(**text) : std::nullopt;
}

Result<std::string> MessagePackFields::FilledString(std::string_view name, std::string_view what) {
  const auto text = AsFilledText(Next(), name, what);
  if (!text) return text.error();
  return std::string(*text);
}

Result<std::int64_t> MessagePackFields::Integer(std::string_view name, std::string_view type) {
  const auto value = AsInteger(Next());
  if (!value) return Unreadable(name, type);
  return *value;
}

Result<bool> MessagePackFields::Bool(std::string_view name) {
  const auto item = Next();
  const auto* value = As<bool>(item);
  if (value == nullptr) return Unreadable(name, "Boolean");
  return *value;
}

Status MessagePackFields::TakeArguments() {
  if (!HasMore()) return {};
  messagepack::Reader ahead = reader_;
  const auto item = ahead.Next();
  const auto* array = As<messagepack::Array>(item);
  if (array == nullptr) return SkipValue();
  Next();
  argument_ends_.reserve(array->size);
  for (std::uint32_t i = 0; i < array->size; ++i) {
    auto translated = messagepack::AppendJson(values_, reader_, max_depth_ - 2);
    if (!translated) return translated;
    argument_ends_.push_back(values_.size());
  }
  return {};
}

Status MessagePackFields::TakeValue() {
  ++taken_;
  return messagepack::AppendJson(values_, reader_, max_depth_ - 1);
}

Status MessagePackFields::SkipValue() {
  const std::size_t before = values_.size();
  auto taken = TakeValue();
  values_.resize(before);
  return taken;
}

Result<std::vector<std::string>> MessagePackFields::StreamIds() {
  const auto item = Next();
  const auto* array = As<messagepack::Array>(item);
  if (array == nullptr) return NoLength("array", "streamIds");
  std::vector<std::string> ids;
  for (std::uint32_t i = 0; i < array->size; ++i) {
    const auto id = AsFilledText(reader_.Next(), "streamIds", "value in streamIds received");
    if (!id) return id.error();
    ids.emplace_back(*id);
  }
  return ids;
}

Status MessagePackFields::Finish() const {
  if (taken_ <= size_) return {};
  return Fail(Errc::kInvalidArgument, "The message needs " + std::to_string(taken_) +
                                          " items and announces " + std::to_string(size_) + ".");
}

RawJson MessagePackFields::headers() const { return RawJson(values_).substr(0, headers_end_); }

RawJson MessagePackFields::value() const { return RawJson(values_).substr(headers_end_); }

std::vector<RawJson> MessagePackFields::arguments() const {
  std::vector<RawJson> arguments;
  arguments.reserve(argument_ends_.size());
  std::size_t begin = headers_end_;
  for (const std::size_t end : argument_ends_) {
    arguments.push_back(RawJson(values_).substr(begin, end - begin));
    begin = end;
  }
  return arguments;
}

std::optional<Item> MessagePackFields::Next() {
  ++taken_;
  return reader_.Next();
}

}  // namespace notify::signalr
