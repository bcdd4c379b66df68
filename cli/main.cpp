#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/factory.hpp"

int main(int argc, char** argv) {
  using notify::cli::Environment;
  using notify::cli::Factory;
  const auto environment = Environment::System();
  auto streams = notify::cli::Streams::System(environment);
  Factory factory(Factory::Parts{.streams = streams,
                                 .environment = environment,
                                 .clock = notify::SystemClock(),
                                 .random = notify::SystemRandom(),
                                 .make_client = notify::cli::client::MakeApiClient,
                                 .answers = notify::cli::client::AnswersOnSocket});
  return notify::cli::RunApp(factory, std::vector<std::string>(argv + 1, argv + argc));
}
