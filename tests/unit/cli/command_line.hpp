#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/app.hpp"
#include "cli/factory.hpp"
#include "tests/unit/cli/fake_api.hpp"

namespace notify::cli::testing_support {

/// Types commands at a scripted agent and reads what they print.
class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest();
  ~CommandLineTest() override;

  /// Runs `notifyctl` with these words; returns its exit code. Each run begins with empty streams.
  int Run(std::vector<std::string> words);
  /// The same, the words split at spaces.
  int Run(std::string_view line);

  const std::string& out() const { return streams_->out_text(); }
  const std::string& err() const { return streams_->err_text(); }
  Value OutJson() const;

  /// A file below the test's own folder; returns its path.
  std::string File(const std::string& name, std::string_view text) const;
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string TextOf(const std::string& name) const;

  /// A factory for run functions with literal options.
  Factory& factory();

  FakeApi api;
  Streams::Pretend pretend;
  Environment::Variables variables;

 private:
  std::unique_ptr<Factory> MakeFactory();

  std::filesystem::path folder_;
  std::unique_ptr<Streams> streams_;
  std::unique_ptr<Factory> factory_;
};

}  // namespace notify::cli::testing_support
