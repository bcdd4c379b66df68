#include "common/model/batch_reading.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/model/envelope_reader.hpp"
#include "common/model/event_acceptance.hpp"
#include "common/model/json_walk.hpp"

namespace notify {
namespace {

namespace od = simdjson::ondemand;

Error TooManyEvents(std::size_t most) {
  return Fail(Errc::kBatchTooLarge, "A batch has at most " + std::to_string(most) + " events.");
}

Error NoObject() { return Fail(Errc::kInvalidEvent, "An event is a JSON object."); }

/// Takes back the event that was appended last, where one was.
void DropBehind(ParsedEvents& out, std::size_t records, std::size_t held) {
  if (out.batch.records.size() > records) {
    out.batch.records.resize(records);
    out.batch.offsets.pop_back();
    out.indices.pop_back();
    out.has_caller_id.pop_back();
    if (!out.expected.empty()) out.expected.pop_back();
  } else if (out.held.batch.records.size() > held) {
    out.held.batch.records.resize(held);
    out.held.batch.offsets.pop_back();
    out.held.indices.pop_back();
    out.held.due_ms.pop_back();
    out.held.has_caller_id.pop_back();
  }
}

}  // namespace

/// What the two formats have in common.
class BatchReading::Steps {
 public:
  Steps(EventParser& parser, std::string& body, const EventParser::Request& request,
        ParsedEvents& out)
      : acceptance_(parser.Lend()), body_(body), request_(request), out_(out) {
    body_.reserve(body_.size() + EventParser::Padding());
    acceptance_->Begin(request_);
  }
  virtual ~Steps() = default;

  virtual std::size_t Count() = 0;
  virtual Result<bool> ReadOn(std::size_t bytes) = 0;
  std::size_t most() const { return acceptance_->limits().max_batch; }

 protected:
  const EventParser::Acceptance acceptance_;
  std::string& body_;
  const EventParser::Request request_;
  ParsedEvents& out_;
  std::size_t index_ = 0;  // Of the next event.
};

class BatchReading::ArraySteps final : public Steps {
 public:
  using Steps::Steps;

  std::size_t Count() override {
    std::size_t count = 0;
    // What is wrong with the body is found, and said, by reading it.
    if (Open() && array_.count_elements().get(count)) count = 0;
    if (count == 0) opened_ = false;
    return count;
  }

  Result<bool> ReadOn(std::size_t bytes) override {
    if (auto opened = Open(); !opened) return opened.error();
    if (!next_) {
      next_ = array_.begin();
      end_ = array_.end();
    }
    const std::size_t until = Where().value_or(0) + bytes;
    while (*next_ != *end_) {
      if (index_ == most()) return TooManyEvents(most());
      if (auto read = ReadElement(**next_); !read) return At(std::move(read.error()));
      ++index_;
      ++*next_;
      if (Where().value_or(0) >= until) return true;
    }
    if (auto ended = CheckNothingFollows(document_); !ended) return ended.error();
    return false;
  }

 private:
  Status Open() {
    if (std::exchange(opened_, true)) return {};
    if (const auto error = acceptance_->parser()
                               .iterate(body_.data(), body_.size(), body_.capacity())
                               .get(document_)) {
      return Syntax(error);
    }
    if (const auto error = document_.get_array().get(array_)) {
      if (error == simdjson::INCORRECT_TYPE) {
        return At(WrongRoot(document_, "A batch is a JSON array of events."));
      }
      return At(Syntax(error));
    }
    return {};
  }

  Status ReadElement(simdjson::simdjson_result<od::value> element) {
    acceptance_->At(index_);
    od::value value;
    if (const auto error = std::move(element).get(value)) return Syntax(error);
    od::json_type type{};
    if (const auto error = value.type().get(type)) return Syntax(error);
    if (type != od::json_type::object) {
      auto walked = WalkJson(value, acceptance_->limits().max_depth);
      if (walked) acceptance_->Reject(index_, NoObject(), out_);
      return walked;
    }
    od::object object;
    if (const auto error = value.get_object().get(object)) return Syntax(error);
    std::optional<Error> refusal;
    auto read =
        acceptance_->ReadEnvelope(document_, object, request_, index_, false, out_, refusal);
    if (read && refusal) acceptance_->Reject(index_, std::move(*refusal), out_);
    return read;
  }

  /// The byte of the body that is read next, where simdjson knows it.
  std::optional<std::size_t> Where() {
    const char* where = nullptr;
    if (document_.current_location().get(where) || where < body_.data()) return std::nullopt;
    return static_cast<std::size_t>(where - body_.data());
  }

  Error At(Error error) {
    if (const auto where = Where()) error.detail += " At byte " + std::to_string(*where) + ".";
    return error;
  }

  od::document document_;
  od::array array_;
  bool opened_ = false;
  std::optional<simdjson::simdjson_result<od::array_iterator>> next_, end_;
};

class BatchReading::LineSteps final : public Steps {
 public:
  using Steps::Steps;

  std::size_t Count() override {
    std::size_t count = 0;
    for (std::size_t begin = 0; begin < body_.size();) {
      const std::string_view line = LineAt(begin);
      count += TrimEnd(line).empty() ? 0 : 1;
      begin += line.size() + 1;
    }
    return count;
  }

  Result<bool> ReadOn(std::size_t bytes) override {
    const std::size_t until = begin_ + bytes;
    while (begin_ < body_.size() && begin_ < until) {
      acceptance_->At(number_++);
      const std::string_view whole = LineAt(begin_);
      if (const std::string_view line = TrimEnd(whole); !line.empty()) {
        if (index_ == most()) return TooManyEvents(most());
        ReadLine(line);
        ++index_;
      }
      begin_ += whole.size() + 1;
    }
    return begin_ < body_.size();
  }

 private:
  std::string_view LineAt(std::size_t begin) const {
    const std::string_view rest = std::string_view(body_).substr(begin);
    return rest.substr(0, rest.find('\n'));
  }

  void ReadLine(std::string_view line) {
    od::document document;
    od::object object;
    auto error = acceptance_->parser()
                     .iterate(line.data(), line.size(), body_.capacity() - begin_)
                     .get(document);
    if (!error) error = document.get_object().get(object);
    if (error) {
      const bool is_value = error == simdjson::INCORRECT_TYPE;
      acceptance_->Reject(
          index_, is_value ? WrongRoot(document, "An event is a JSON object.") : Syntax(error),
          out_);
      return;
    }
    std::optional<Error> refusal;
    const std::size_t records = out_.batch.records.size();
    const std::size_t held = out_.held.batch.records.size();
    auto read = acceptance_->ReadEnvelope(document, object, request_, index_, false, out_, refusal);
    if (read) read = CheckNothingFollows(document);
    if (!read) {
      // What the envelope already appended goes with its line.
      DropBehind(out_, records, held);
      acceptance_->Reject(index_, std::move(read.error()), out_);
    } else if (refusal) {
      acceptance_->Reject(index_, std::move(*refusal), out_);
    }
  }

  std::size_t begin_ = 0;   // Of the next line.
  std::size_t number_ = 0;  // Of the next line, empty ones counted.
};

BatchReading::BatchReading(EventParser& parser, Format format, std::string& body,
                           const EventParser::Request& request)
    : steps_(
          format == Format::kArray
              ? std::unique_ptr<Steps>(std::make_unique<ArraySteps>(parser, body, request, events_))
              : std::make_unique<LineSteps>(parser, body, request, events_)) {}
BatchReading::~BatchReading() = default;

Result<std::size_t> BatchReading::Count() {
  const std::size_t count = steps_->Count();
  if (count > steps_->most()) return TooManyEvents(steps_->most());
  return count;
}

Result<bool> BatchReading::ReadOn(std::size_t bytes) { return steps_->ReadOn(bytes); }

}  // namespace notify
