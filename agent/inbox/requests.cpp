#include "agent/inbox/requests.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "agent/inbox/marking.hpp"
#include "common/model/object_reader.hpp"

namespace notify::agent::inbox {
namespace {

using nlohmann::json;

constexpr std::size_t kMostIdBytes = 64;
constexpr std::size_t kMostCursorBytes = 64;

bool IsId(const json& value) {
  const auto* text = value.get_ptr<const std::string*>();
  return text != nullptr && !text->empty() && text->size() <= kMostIdBytes;
}

void ReadIds(ObjectReader& reader, const json& list, Selection& selection) {
  if (!list.is_array() || list.empty() || list.size() > Marking::kMostIds) {
    reader.Refuse("ids", "must be an array of 1 to " + std::to_string(Marking::kMostIds) +
                             " notification ids");
    return;
  }
  for (const json& id : list) {
    if (!IsId(id)) {
      reader.Refuse("ids", "must hold ids of notifications");
      return;
    }
    selection.ids.push_back(id.get<std::string>());
  }
}

}  // namespace

Result<Selection> ReadSelection(std::string_view text) {
  const auto document = ParseJsonObject(text);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  Selection selection;
  const json* ids = reader.Optional("ids");
  const json* up_to = reader.Optional("upTo");
  if ((ids == nullptr) == (up_to == nullptr)) {
    reader.Refuse("", "needs either ids or upTo");
  } else if (ids != nullptr) {
    ReadIds(reader, *ids, selection);
  } else if (IsId(*up_to)) {
    selection.up_to = up_to->get<std::string>();
  } else {
    reader.Refuse("upTo", "must be the id of a notification");
  }
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return selection;
}

Result<View> ReadView(std::string_view name) {
  if (name.empty()) return View::kOpen;
  if (const auto view = ViewFromName(name)) return *view;
  return Fail(Errc::kInvalidArgument, "'state' must be open, unread, read, archived or all.");
}

Result<Query> ReadQuery(std::string_view text, std::size_t most) {
  const auto document = ParseJsonObject(text);
  if (!document) return document.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*document, "", errors);
  Query query;
  const auto view = ReadView(reader.Text("state", "", 16));
  if (view) {
    query.view = *view;
  } else {
    reader.Refuse("state", "must be open, unread, read, archived or all");
  }
  if (const json* limit = reader.Optional("limit")) {
    query.limit = limit->is_number_unsigned() ? limit->get<std::size_t>() : 0;
    if (query.limit < 1 || query.limit > most) {
      reader.Refuse("limit", "must be a whole number from 1 to " + std::to_string(most));
    }
  }
  query.after = reader.Text("cursor", "", kMostCursorBytes);
  reader.RefuseOthers();
  if (auto refused = RefuseIfAny(std::move(errors)); !refused) return refused.error();
  return query;
}

}  // namespace notify::agent::inbox
