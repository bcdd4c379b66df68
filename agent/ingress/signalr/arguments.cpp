#include "agent/ingress/signalr/arguments.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace notify::agent::ingress::signalr {
namespace {

using Json = nlohmann::json;

Error Wrong(std::string_view member, std::string_view must) {
  return Fail(Errc::kInvalidArgument,
              "'" + std::string(member) + "' must be " + std::string(must) + ".");
}

Json Parse(std::string_view text) { return Json::parse(text, nullptr, false); }

Status ReadList(const Json& value, std::string_view member, std::vector<std::string>& into) {
  if (!value.is_array() || value.size() > 100) {
    return Wrong(member, "an array of at most 100 strings");
  }
  for (const Json& item : value) {
    const auto* text = item.get_ptr<const std::string*>();
    if (text == nullptr || text->empty()) return Wrong(member, "an array of strings");
    into.push_back(*text);
  }
  return {};
}

Status ReadPosition(const Json& value, std::string_view member, std::optional<Position>& into) {
  constexpr std::string_view kMust =
      R"(a position: {"epoch": E, "sequence": N}, or the text "E-N")";
  if (const auto* text = value.get_ptr<const std::string*>()) {
    auto position = Position::Parse(*text);
    if (!position) return Wrong(member, kMust);
    into = *position;
    return {};
  }
  if (!value.is_object()) return Wrong(member, kMust);
  Position position;
  bool has_sequence = false;
  for (const auto& [name, number] : value.items()) {
    constexpr std::uint64_t kMost = (std::uint64_t{1} << 53) - 1;
    if (!number.is_number_unsigned() || number.get<std::uint64_t>() > kMost) {
      return Wrong(member, kMust);
    }
    if (name == "epoch") {
      position.epoch.value = number.get<std::uint64_t>();
    } else if (name == "sequence") {
      position.sequence.value = number.get<std::uint64_t>();
      has_sequence = true;
    } else {
      return Wrong(member, kMust);
    }
  }
  if (!has_sequence) return Wrong(member, kMust);
  into = position;
  return {};
}

/// What both arguments have. False where the member is not one of them.
Result<bool> ReadShared(const std::string& name, const Json& value, hub::Filter& filter,
                        std::optional<Position>& from) {
  Status read;
  if (name == "types") {
    read = ReadList(value, name, filter.types);
  } else if (name == "topics") {
    read = ReadList(value, name, filter.topics);
  } else if (name == "from") {
    if (!value.is_null()) read = ReadPosition(value, name, from);
  } else {
    return false;
  }
  if (!read) return read.error();
  return true;
}

Error Unknown(std::string_view method, const std::string& name, std::string_view known) {
  return Fail(Errc::kInvalidArgument, std::string(method) + " does not know '" + name +
                                          "'; it takes " + std::string(known) + ".");
}

}  // namespace

Result<SubscribeArgument> ReadSubscribe(std::string_view json) {
  const Json value = Parse(json);
  if (!value.is_object()) return Wrong("Subscribe's argument", "an object");
  SubscribeArgument argument;
  bool named = false;
  for (const auto& [name, member] : value.items()) {
    auto shared = ReadShared(name, member, argument.filter, argument.from);
    if (!shared) return shared.error();
    if (*shared) continue;
    if (name == "ack") {
      if (!member.is_boolean()) return Wrong(name, "true or false");
      argument.ack = member.get<bool>();
    } else if (name == "name") {
      const auto* text = member.get_ptr<const std::string*>();
      if (text == nullptr) return Wrong(name, "a string");
      argument.name = *text;
      named = true;
    } else {
      return Unknown("Subscribe", name, "types, topics, from, ack and name");
    }
  }
  if (argument.filter.types.empty() && argument.filter.topics.empty()) {
    return Fail(Errc::kInvalidArgument, "Subscribe needs at least one of 'types' and 'topics'.");
  }
  if (argument.ack && argument.name.empty()) {
    return Fail(Errc::kInvalidArgument, "'ack' needs a 'name', under which the position is kept.");
  }
  if (!argument.ack && named) {
    return Fail(Errc::kInvalidArgument, "'name' is for subscriptions with 'ack: true'.");
  }
  return argument;
}

Result<StreamArgument> ReadStream(std::string_view json) {
  const Json value = Parse(json);
  if (!value.is_object()) return Wrong("StreamEvents' argument", "an object");
  StreamArgument argument;
  for (const auto& [name, member] : value.items()) {
    auto shared = ReadShared(name, member, argument.filter, argument.from);
    if (!shared) return shared.error();
    if (*shared) continue;
    Status read;
    if (name == "subjects") {
      read = ReadList(member, name, argument.filter.subjects);
    } else if (name == "users") {
      read = ReadList(member, name, argument.filter.users);
    } else if (name == "onGap") {
      if (member != "continue" && member != "error")
        return Wrong(name, "\"continue\" or \"error\"");
      argument.continue_on_gap = member == "continue";
    } else {
      return Unknown("StreamEvents", name, "types, topics, subjects, users, from and onGap");
    }
    if (!read) return read.error();
  }
  return argument;
}

Result<Position> ReadPosition(std::string_view json, std::string_view what) {
  std::optional<Position> position;
  if (auto read = ReadPosition(Parse(json), what, position); !read) return read.error();
  return *position;
}

Result<std::string> ReadText(std::string_view json, std::string_view what) {
  const Json value = Parse(json);
  const auto* text = value.get_ptr<const std::string*>();
  if (text == nullptr) return Wrong(what, "a string");
  return *text;
}

}  // namespace notify::agent::ingress::signalr
