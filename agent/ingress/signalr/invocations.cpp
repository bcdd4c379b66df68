#include "agent/ingress/signalr/invocations.hpp"

#include <utility>

#include "agent/ingress/signalr/event_part.hpp"
#include "agent/ingress/signalr/hub_connection.hpp"
#include "agent/ingress/signalr/hub_error.hpp"
#include "agent/ingress/signalr/methods.hpp"

namespace notify::agent::ingress::signalr {

namespace wire = ::notify::signalr;

namespace {
/// What the agent asks of a client at once.
constexpr std::size_t kMostQuestions = 64;
/// What an answer repeats of a method's name.
constexpr std::size_t kMostName = 100;
/// What is counted for a name that is none.
constexpr std::string_view kUnknown = "unknown";
}  // namespace

Invocations::Invocations(HubConnection& connection) : connection_(connection), gate_(connection) {}
Invocations::~Invocations() = default;

Invocations::Running& Invocations::running() {
  if (!running_) running_ = std::make_unique<Running>();
  return *running_;
}

bool Invocations::IsTaken(const std::string& invocation) {
  if (!running_ || !running_->streams.contains(invocation)) return false;
  connection_.Close({"Invocation ID '" + invocation + "' is already in use.", false});
  return true;
}

Invocations::OwnCall::OwnCall(const wire::Invocation& call)
    : call(call), texts(call.arguments.begin(), call.arguments.end()) {
  this->call.headers = {};
  this->call.arguments.assign(texts.begin(), texts.end());
}

async::Task<void> Invocations::Call(const wire::Invocation& call) {
  if (IsTaken(call.invocation_id.value_or(""))) co_return;
  const Method* method = FindMethod(call.target);
  if (auto may = gate_.TakeCall(method != nullptr ? method->name() : kUnknown); !may) {
    Refuse(call.invocation_id, call.target, may.error());
    co_return;
  }
  if (method != nullptr && method->upload != nullptr && call.arguments.size() == method->arity &&
      call.stream_ids.size() == 1) {
    BeginUpload(call, *method);
    co_return;
  }
  const std::size_t most = connection_.services().rules.parallel;
  if (most <= 1) {
    co_await Run(call);
    co_return;
  }
  while (running().beside >= most) co_await running().one_ended.Wait();
  if (connection_.closing()) co_return;
  ++running().beside;
  connection_.lane().tasks.Spawn(RunBeside(connection_.shared_from_this(), OwnCall(call)));
}

async::Task<void> Invocations::Run(const wire::Invocation& call) {
  wire::Completion completion{call.invocation_id.value_or(""), std::nullopt, std::nullopt};
  std::string result;
  completion.error = co_await Answer(call, result);
  if (!completion.error && !result.empty()) completion.result = result;
  if (call.invocation_id) connection_.Queue(completion);
}

async::Task<void> Invocations::RunBeside(std::shared_ptr<HubConnection> connection, OwnCall own) {
  Invocations& self = connection->invocations();
  co_await self.Run(own.call);
  connection->Write();
  --self.running().beside;
  self.running().one_ended.Notify();
}

void Invocations::Refuse(const std::optional<std::string>& invocation, const std::string& target,
                         const Error& error) {
  if (!invocation) return;
  wire::Completion completion{*invocation, std::nullopt, std::nullopt};
  completion.error = FailedText(target.substr(0, kMostName), error);
  connection_.Queue(completion);
}

async::Task<std::optional<std::string>> Invocations::Answer(const wire::Invocation& call,
                                                            std::string& result) {
  const Method* method = FindMethod(call.target);
  if (method == nullptr) {
    connection_.CountInvocation(kUnknown, "failed");
    co_return IsStreamMethod(call.target) ? NeedsStreamText(call.target) : UnknownText(call.target);
  }
  const std::size_t uploads = method->upload != nullptr ? 1 : 0;
  if (call.stream_ids.size() != uploads || call.arguments.size() != method->arity) {
    connection_.CountInvocation(method->name(), "failed");
    co_return call.stream_ids.size() != uploads ? StreamCountText(call.stream_ids.size(), uploads)
                                                : ArityText(call.target);
  }
  auto answered = co_await signalr::Call(connection_, *method, call.arguments);
  if (!answered) co_return FailedText(call.target, answered.error());
  result = std::move(*answered);
  co_return std::nullopt;
}

async::Task<void> Invocations::Stream(const wire::StreamInvocation& call) {
  const std::string& invocation = call.invocation_id;
  if (IsTaken(invocation)) co_return;
  const bool is_stream = IsStreamMethod(call.target);
  const std::string_view name =
      is_stream ? HubMethodName(HubMethod::kStreamEvents) : std::string_view(kUnknown);
  if (auto may = gate_.TakeCall(name); !may) {
    Refuse(invocation, call.target, may.error());
    co_return;
  }
  wire::Completion completion{invocation, std::nullopt, std::nullopt};
  if (!is_stream) {
    completion.error =
        FindMethod(call.target) == nullptr ? UnknownText(call.target) : NoStreamText(call.target);
  } else if (!call.stream_ids.empty()) {
    completion.error = StreamCountText(call.stream_ids.size(), 0);
  } else if (call.arguments.size() != 1) {
    completion.error = ArityText(call.target);
  } else if (auto may = co_await gate_.Admit(HubMethod::kStreamEvents, kStreamPermission); !may) {
    completion.error = FailedText(call.target, may.error());
  } else {
    auto part = std::make_shared<EventPart>(connection_, invocation);
    running().streams.emplace(invocation, part);
    auto begun = co_await part->Begin(call.arguments.front());
    if (!begun) EndStream(invocation, FailedText(call.target, begun.error()));
    gate_.Ended(HubMethod::kStreamEvents, begun ? std::nullopt : std::optional(begun.error()));
    co_return;
  }
  connection_.Queue(completion);
}

void Invocations::BeginUpload(const wire::Invocation& call, const Method& method) {
  const auto [place, added] = running().uploads.try_emplace(call.stream_ids.front());
  if (!added) {
    connection_.Close({"Stream ID '" + call.stream_ids.front() + "' is already in use.", false});
    return;
  }
  place->second = std::make_shared<Upload>(connection_.services().sizes.upload_items);
  // Beside the connection's other calls, which bring the items.
  connection_.lane().tasks.Spawn(RunUpload(connection_.shared_from_this(), method,
                                           call.invocation_id, place->first, place->second));
}

async::Task<void> Invocations::RunUpload(std::shared_ptr<HubConnection> connection,
                                         const Method& method,
                                         std::optional<std::string> invocation,
                                         std::string stream_id, UploadPtr upload) {
  auto answered = co_await CallUpload(*connection, method, *upload);
  upload->Stop();
  Invocations& self = connection->invocations();
  if (self.running_) self.running_->uploads.erase(stream_id);
  if (!invocation) co_return;
  wire::Completion completion{*invocation, std::nullopt, std::nullopt};
  if (answered) {
    completion.result = *answered;
  } else {
    completion.error = FailedText(method.name(), answered.error());
  }
  connection->Queue(completion);
  connection->Write();
}

async::Task<void> Invocations::Item(const wire::StreamItem& item) {
  if (!running_) co_return;
  const auto found = running_->uploads.find(item.invocation_id);
  if (found == running_->uploads.end()) co_return;
  const UploadPtr upload = found->second;
  co_await upload->Put(std::string(item.item));
}

void Invocations::Completed(const wire::Completion& completion) {
  if (!running_) return;
  if (const auto upload = running_->uploads.find(completion.invocation_id);
      upload != running_->uploads.end()) {
    std::optional<Error> error;
    if (completion.error) {
      error = Fail(Errc::kInvalidArgument, "The client's stream failed: " + *completion.error);
    }
    upload->second->End(std::move(error));
    return;
  }
  const auto question = running_->questions.find(completion.invocation_id);
  if (question == running_->questions.end()) return;
  if (completion.error) {
    question->second->answer = Fail(Errc::kConflict, "The client refused: " + *completion.error);
  } else {
    question->second->answer = std::string(completion.result.value_or("null"));
  }
  question->second->answered.Notify();
}

async::Task<Result<std::string>> Invocations::Ask(std::string method,
                                                  std::vector<std::string> arguments,
                                                  Clock::Duration limit) {
  if (connection_.closing()) co_return Fail(Errc::kUnavailable, "The connection ended.");
  if (running_ && running_->questions.size() >= kMostQuestions) {
    Error error = Fail(Errc::kRateLimited, "The client has too many calls to answer.");
    error.retry_after = std::chrono::seconds(1);
    co_return error;
  }
  const auto connection = connection_.shared_from_this();
  Question question;
  // The client's own ids are numbers.
  const std::string id = "q" + std::to_string(++running().last_question);
  running_->questions.emplace(id, &question);
  wire::Invocation call;
  call.invocation_id = id;
  call.target = std::move(method);
  call.arguments.assign(arguments.begin(), arguments.end());
  connection_.Queue(call);
  connection_.Write();
  if (!question.answer) co_await question.answered.WaitFor(connection_.lane().io.timers(), limit);
  running_->questions.erase(id);
  if (!question.answer) co_return Fail(Errc::kTimeout, "The client has not answered in time.");
  co_return std::move(*question.answer);
}

void Invocations::EndStream(const std::string& invocation, std::optional<std::string> error) {
  if (!running_) return;
  const auto found = running_->streams.find(invocation);
  if (found == running_->streams.end()) return;
  found->second->Leave();
  running_->streams.erase(found);
  connection_.Queue(wire::Completion{invocation, std::nullopt, std::move(error)});
  connection_.Write();
}

void Invocations::RoomAgain() {
  if (!running_) return;
  for (auto& [id, part] : running_->streams) part->RoomAgain();
}

async::Task<void> Invocations::Settled() {
  while (running_ && running_->beside > 0) co_await running_->one_ended.Wait();
}

void Invocations::EndAll() {
  gate_.End();
  if (!running_) return;
  const Error ended = Fail(Errc::kUnavailable, "The connection ended.");
  for (auto& [id, part] : std::exchange(running_->streams, {})) part->Leave();
  for (auto& [id, upload] : running_->uploads) upload->End(ended);
  for (auto& [id, question] : running_->questions) {
    question->answer = ended;
    question->answered.Notify();
  }
}

}  // namespace notify::agent::ingress::signalr
