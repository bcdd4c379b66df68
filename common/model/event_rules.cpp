#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "common/model/event_parser.hpp"
#include "common/model/expected_version.hpp"
#include "common/model/rfc3339.hpp"

namespace notify {
namespace {

constexpr std::size_t kMaxAttribute = 1024;

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

// Eight bytes at a time: every attribute of every event is looked at.
bool HasControl(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = kOnes * 0x80;
  std::uint64_t suspects = 0;
  for (; text.size() >= sizeof suspects; text.remove_prefix(sizeof suspects)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    // The high bit of a byte is set where the byte is less than 0x20, or is 0x7F; a borrow can set
    // more of them, but never the first.
    suspects |= ((word - kOnes * 0x20) | ((word & ~kHigh) + kOnes)) & ~word & kHigh;
  }
  return suspects != 0 || std::ranges::any_of(text, IsControl);
}

Error Bad(std::string_view attribute, std::string_view why) {
  Error error = Fail(Errc::kInvalidEvent, "'" + std::string(attribute) + "' " + std::string(why));
  error.errors.push_back({"/" + std::string(attribute), std::string(why), 0});
  return error;
}

Status CheckText(std::string_view name, std::string_view value) {
  if (value.size() > kMaxAttribute) return Bad(name, "is longer than 1,024 bytes.");
  if (HasControl(value)) return Bad(name, "has a control character.");
  return {};
}

Status CheckTime(std::string_view name, std::string_view value) {
  if (!value.empty() && !IsRfc3339(value)) {
    return Bad(name, "is not an RFC 3339 time such as 2026-06-30T12:00:00Z.");
  }
  return {};
}

/// What is over before it begins is a mistake of the caller.
Status CheckLife(const EventView& event) {
  if (event.scheduledat.empty() || event.expiresat.empty()) return {};
  const auto begins = ParseRfc3339(event.scheduledat);
  const auto ends = ParseRfc3339(event.expiresat);
  if (!begins || !ends || *ends > *begins) return {};
  return Bad("expiresat", "must lie after 'scheduledat'.");
}

Status CheckStream(const EventView& event) {
  if (event.streamversion.empty()) return {};
  if (event.stream.empty()) return Bad("streamversion", "needs a 'stream' that it is of.");
  if (!ParseStreamVersion(event.streamversion)) {
    return Bad("streamversion", "must be a whole number from 1 to 9,007,199,254,740,991.");
  }
  return {};
}

}  // namespace

bool IsEventType(std::string_view type) {
  return !type.empty() && type.size() <= 255 && std::ranges::all_of(type, IsWord) &&
         type.find('.') != std::string_view::npos;
}

bool IsReservedType(std::string_view type) {
  constexpr std::array<std::string_view, 9> kPrefixes = {"notification.", "delivery.", "tenant.",
                                                         "quota.",        "hub.",      "access.",
                                                         "security.",     "billing.",  "audit."};
  return std::ranges::any_of(kPrefixes, [&](std::string_view p) { return type.starts_with(p); });
}

bool IsNotificationHistory(std::string_view type) {
  return type.starts_with("notification.") || type.starts_with("delivery.");
}

Status ValidateAttributes(const EventView& event, bool own) {
  if (event.type.empty()) return Bad("type", "is missing.");
  if (!IsEventType(event.type)) {
    return Bad("type", "must be up to 255 of A-Z, a-z, 0-9, '.', '_', '-' with at least one dot.");
  }
  if (!own && IsReservedType(event.type)) {
    return Fail(Errc::kTypeReserved, "Events of type '" + std::string(event.type) +
                                         "' are published by the agent only.");
  }
  for (const AttributeField& field : AttributeFields()) {
    if ((event.*field.member).empty()) continue;
    if (auto checked =
            CheckText(field.name.empty() ? "Idempotency-Key" : field.name, event.*field.member);
        !checked) {
      return checked;
    }
  }
  if (event.source.find(' ') != std::string_view::npos)
    return Bad("source", "is not a URI reference.");
  if (auto checked = CheckTime("time", event.time); !checked) return checked;
  if (auto checked = CheckTime("expiresat", event.expiresat); !checked) return checked;
  if (auto checked = CheckTime("scheduledat", event.scheduledat); !checked) return checked;
  if (auto checked = CheckLife(event); !checked) return checked;
  if (auto checked = CheckStream(event); !checked) return checked;
  constexpr std::array<std::string_view, 5> kPriorities = {"", "low", "medium", "high", "critical"};
  if (std::ranges::find(kPriorities, event.priority) == kPriorities.end()) {
    return Bad("priority", "must be low, medium, high or critical.");
  }
  return {};
}

}  // namespace notify
