#include "tests/unit/cli/command_line.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace notify::cli::testing_support {

CommandLineTest::CommandLineTest() {
  auto pattern = (std::filesystem::temp_directory_path() / "notifyctl-test-XXXXXX").string();
  folder_ = ::mkdtemp(pattern.data());
  variables["HOME"] = folder_.string();
  streams_ = std::make_unique<Streams>(Streams::ForTest());
}

CommandLineTest::~CommandLineTest() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::unique_ptr<Factory> CommandLineTest::MakeFactory() {
  streams_ = std::make_unique<Streams>(Streams::ForTest(pretend));
  return std::make_unique<Factory>(
      Factory::Parts{.streams = *streams_,
                     .environment = Environment(variables, folder_.string()),
                     .clock = SystemClock(),
                     .random = SystemRandom(),
                     .make_client =
                         [this](const client::Endpoint&, client::Caller caller) {
                           api.caller = std::move(caller);
                           return api.Client();
                         },
                     .answers = [](const std::string&) { return false; }});
}

Factory& CommandLineTest::factory() {
  if (!factory_) factory_ = MakeFactory();
  return *factory_;
}

int CommandLineTest::Run(std::vector<std::string> words) {
  factory_ = MakeFactory();
  return RunApp(*factory_, words);
}

int CommandLineTest::Run(std::string_view line) {
  std::istringstream stream{std::string(line)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return Run(std::move(words));
}

Value CommandLineTest::OutJson() const {
  auto value = Value::Parse(out());
  EXPECT_TRUE(value.has_value()) << out();
  return value.value_or(Value{});
}

std::string CommandLineTest::File(const std::string& name, std::string_view text) const {
  const auto path = folder_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
  return path.string();
}

std::string CommandLineTest::TextOf(const std::string& name) const {
  std::ostringstream text;
  text << std::ifstream(folder_ / name).rdbuf();
  return text.str();
}

}  // namespace notify::cli::testing_support
