#include "common/template_engine/data.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "common/template_engine/arena.hpp"

namespace notify::template_engine {

namespace {

constexpr std::size_t kMaxDepth = 256;

// The number of a key that JavaScript takes for an array index.
std::optional<std::uint32_t> IndexOf(std::string_view key) {
  if (key.empty() || key.size() > 10 || (key.size() > 1 && key[0] == '0')) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (number >= std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

std::vector<std::uint32_t> SortedPositions(std::span<const Member> members) {
  std::vector<std::uint32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return members[a].key < members[b].key;
  });
  return order;
}

// A repeated key keeps its first place and its last value.
void Deduplicate(std::vector<Member>& members, std::size_t start) {
  const std::span<Member> all(members.data() + start, members.size() - start);
  const auto order = SortedPositions(all);
  std::vector<bool> drop(all.size());
  bool any = false;
  for (std::size_t i = 1; i < order.size(); ++i) {
    if (!(all[order[i]].key == all[order[i - 1]].key)) continue;
    std::size_t first = i - 1;
    while (first > 0 && all[order[first - 1]].key == all[order[i]].key) --first;
    all[order[first]].value = all[order[i]].value;
    drop[order[i]] = any = true;
  }
  if (!any) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!drop[i]) all[kept++] = all[i];
  }
  members.resize(start + kept);
}

void IndexKeysFirst(std::span<Member> members) {
  const bool any = std::any_of(members.begin(), members.end(), [](const Member& member) {
    return IndexOf(member.key.text()).has_value();
  });
  if (!any) return;
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
    const auto left = IndexOf(a.key.text());
    const auto right = IndexOf(b.key.text());
    if (left && right) return *left < *right;
    return left.has_value() && !right.has_value();
  });
}

// Takes the events of a JSON document and lays the values out in an arena.
class Builder {
 public:
  explicit Builder(Arena& arena) : arena_(arena) {}

  Value result() const { return result_; }
  bool too_deep() const { return too_deep_; }

  bool null() { return Add(Value::Null()); }
  bool boolean(bool value) { return Add(Value::Bool(value)); }
  bool number_integer(std::int64_t value) { return Add(Value::Number(static_cast<double>(value))); }
  bool number_unsigned(std::uint64_t value) {
    return Add(Value::Number(static_cast<double>(value)));
  }
  bool number_float(double value, const std::string& /*text*/) { return Add(Value::Number(value)); }
  bool string(const std::string& value) { return Add(Value::String(CopyText(arena_, value))); }
  bool binary(const std::vector<std::uint8_t>& /*bytes*/) { return Add(Value::Null()); }
  bool key(const std::string& name) {
    key_ = Name(CopyText(arena_, name));
    return true;
  }
  bool start_object(std::size_t /*size*/) { return Open(); }
  bool start_array(std::size_t /*size*/) { return Open(); }

  bool end_object() {
    const auto [start, key] = open_.back();
    Deduplicate(pending_, start);
    const std::span<Member> members(pending_.data() + start, pending_.size() - start);
    IndexKeysFirst(members);
    const bool indexed = members.size() > kIndexedFrom;
    const std::size_t bytes =
        members.size_bytes() + (indexed ? members.size() * sizeof(std::uint32_t) : 1);
    auto* memory = static_cast<std::byte*>(arena_.Allocate(bytes));
    auto* copy = reinterpret_cast<Member*>(memory);
    std::uninitialized_copy(members.begin(), members.end(), copy);
    if (indexed) {
      const auto order = SortedPositions(members);
      std::uninitialized_copy(order.begin(), order.end(),
                              reinterpret_cast<std::uint32_t*>(copy + members.size()));
    }
    return Close(start, key, Value::Object({copy, members.size()}, indexed));
  }

  bool end_array() {
    const auto [start, key] = open_.back();
    const std::size_t count = pending_.size() - start;
    auto* items = arena_.MakeArray<Value>(count);
    for (std::size_t i = 0; i < count; ++i) items[i] = pending_[start + i].value;
    return Close(start, key, Value::Array({items, count}));
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) {
    error_ = "byte " + std::to_string(position) + ": " + error.what();
    return false;
  }
  const std::string& error() const { return error_; }

 private:
  struct OpenContainer {
    std::size_t start;
    Name key;
  };

  bool Open() {
    too_deep_ = open_.size() >= kMaxDepth;
    if (too_deep_) return false;
    open_.push_back({pending_.size(), key_});
    return true;
  }

  bool Close(std::size_t start, const Name& key, Value value) {
    pending_.resize(start);
    open_.pop_back();
    key_ = key;
    return Add(value);
  }

  bool Add(Value value) {
    if (open_.empty()) {
      result_ = value;
    } else {
      pending_.push_back({key_, value});
    }
    return true;
  }

  Arena& arena_;
  std::vector<Member> pending_;
  std::vector<OpenContainer> open_;
  Name key_;
  std::string error_;
  Value result_;
  bool too_deep_ = false;
};

// Documents come out of our own parsers, which bound their depth.
template <typename Json>
void Walk(const Json& json, Builder& builder) {
  if (json.is_object()) {
    if (!builder.start_object(json.size())) {
      builder.null();
      return;
    }
    for (const auto& [key, value] : json.items()) {
      builder.key(key);
      Walk(value, builder);
    }
    builder.end_object();
  } else if (json.is_array()) {
    if (!builder.start_array(json.size())) {
      builder.null();
      return;
    }
    for (const auto& item : json) Walk(item, builder);
    builder.end_array();
  } else if (json.is_string()) {
    builder.string(json.template get_ref<const std::string&>());
  } else if (json.is_number()) {
    builder.number_float(json.template get<double>(), {});
  } else if (json.is_boolean()) {
    builder.boolean(json.template get<bool>());
  } else {
    builder.null();
  }
}

}  // namespace

struct Data::Memory {
  Arena arena{std::numeric_limits<std::size_t>::max()};
};

Data::Data() : memory_(std::make_unique<Memory>()) {}
Data::Data(Data&&) noexcept = default;
Data& Data::operator=(Data&&) noexcept = default;
Data::~Data() = default;

Result<Data> Data::Parse(std::string_view json) {
  Data data;
  Builder builder(data.memory_->arena);
  if (!nlohmann::json::sax_parse(json, &builder)) {
    if (builder.too_deep()) {
      return Fail(Errc::kInvalidJson, "The data is nested deeper than 256 levels.");
    }
    return Fail(Errc::kInvalidJson, "The data is not JSON: " + builder.error() + ".");
  }
  data.value_ = builder.result();
  return data;
}

template <typename Json>
Data Data::FromDocument(const Json& json) {
  Data data;
  Builder builder(data.memory_->arena);
  Walk(json, builder);
  data.value_ = builder.result();
  return data;
}

Data Data::From(const nlohmann::json& json) { return FromDocument(json); }
Data Data::From(const nlohmann::ordered_json& json) { return FromDocument(json); }

}  // namespace notify::template_engine
