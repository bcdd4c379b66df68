#include "agent/ingress/rest/answer_table.hpp"

#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "agent/store/aead.hpp"

namespace notify::agent::ingress::rest {
namespace {

// Numbers grow with time and are never used again, so the oldest is the smallest, and the distance
// between both ends is what there may be at most.
constexpr std::array<std::string_view, 1> kSteps = {R"(
CREATE TABLE ingress_answers(
  number INTEGER PRIMARY KEY AUTOINCREMENT, name BLOB NOT NULL UNIQUE, kept_ms INTEGER NOT NULL,
  answer BLOB NOT NULL))"};

constexpr char kFormat = '\x01';

std::int64_t Milliseconds(Clock::WallTime time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

void Put(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

std::optional<std::string> Take(std::string_view& in) {
  std::size_t size = 0;
  while (!in.empty() && in.front() >= '0' && in.front() <= '9' && size < (1U << 24)) {
    size = size * 10 + static_cast<std::size_t>(in.front() - '0');
    in.remove_prefix(1);
  }
  if (in.empty() || in.front() != ':' || in.size() - 1 < size) return std::nullopt;
  std::string text(in.substr(1, size));
  in.remove_prefix(size + 1);
  return text;
}

// Texts with their lengths in front: content, status, type, body, then names and values.
std::string Write(const std::string& content, const Response& response) {
  std::string plain(1, kFormat);
  Put(plain, content);
  Put(plain, std::to_string(response.status));
  Put(plain, response.content_type);
  Put(plain, response.body);
  for (const auto& [name, value] : response.headers) {
    Put(plain, name);
    Put(plain, value);
  }
  return plain;
}

std::optional<GivenAnswer> Read(std::string_view plain) {
  if (plain.empty() || plain.front() != kFormat) return std::nullopt;
  plain.remove_prefix(1);
  std::vector<std::string> texts;
  while (!plain.empty()) {
    auto text = Take(plain);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  if (texts.size() < 4 || texts.size() % 2 != 0) return std::nullopt;
  GivenAnswer answer;
  answer.content = std::move(texts[0]);
  std::from_chars(texts[1].data(), texts[1].data() + texts[1].size(), answer.response.status);
  answer.response.content_type = std::move(texts[2]);
  answer.response.body = std::move(texts[3]);
  for (std::size_t i = 4; i < texts.size(); i += 2) {
    answer.response.headers.emplace_back(std::move(texts[i]), std::move(texts[i + 1]));
  }
  return answer;
}

}  // namespace

const store::StageSchema AnswerTable::kSchema = {"ingress", kSteps};

std::string AnswerTable::Binding(std::string_view name) const {
  return "answer|" + std::string(owner_) + "|" + std::string(name);
}

Result<std::optional<GivenAnswer>> AnswerTable::Find(const std::string& name, Clock::WallTime now) {
  std::optional<GivenAnswer> found;
  Status opened;
  auto read = database_.Query(
      "SELECT answer FROM ingress_answers WHERE name=?1 AND kept_ms>?2",
      {store::Blob{name}, Milliseconds(now - kKept)}, [&](const store::Row& row) {
        store::Aead aead(key_);
        std::string plain;
        opened = aead.Open(Binding(name), row.Bytes(0), plain);
        if (opened) found = Read(plain);
        if (!found) {
          opened = Fail(Errc::kInternal, "The answer kept for this key cannot be read any more.",
                        "Send the request with another Idempotency-Key.");
        }
        return false;
      });
  if (read && !opened) read = std::move(opened);
  if (!read) return std::move(read.error());
  return found;
}

Status AnswerTable::Keep(const KeyedRequest& request, const Response& response,
                         Clock::WallTime now) {
  const auto plain = Write(request.content, response);
  if (plain.size() > kMostBytes) return {};
  std::string sealed;
  store::Aead aead(key_);
  aead.Seal(random_, Binding(request.name), plain, sealed);
  return database_.Transaction([&]() -> Status {
    if (auto dropped = DropOld(Milliseconds(now)); !dropped) return dropped;
    const auto kept = database_.Run(
        "INSERT OR REPLACE INTO ingress_answers(name,kept_ms,answer) VALUES(?1,?2,?3)",
        {store::Blob{request.name}, Milliseconds(now), store::Blob{sealed}});
    return kept ? Status() : Status(kept.error());
  });
}

// A few each time, more than come in: the table shrinks while it is used.
Status AnswerTable::DropOld(std::int64_t now_ms) {
  const auto last = database_.Number("SELECT max(number) FROM ingress_answers");
  if (!last) return last.error();
  const auto dropped = database_.Run(
      "DELETE FROM ingress_answers WHERE number IN"
      " (SELECT number FROM ingress_answers ORDER BY number LIMIT 8)"
      " AND (kept_ms<=?1 OR number<=?2)",
      {now_ms - std::chrono::milliseconds(kKept).count(), last->value_or(0) + 1 - kMost});
  return dropped ? Status() : Status(dropped.error());
}

}  // namespace notify::agent::ingress::rest
