#pragma once

#include <string>

#include "cli/streams.hpp"
#include "common/result.hpp"
#include "common/template_engine/data.hpp"
#include "common/template_engine/template.hpp"

namespace notify::cli::templates {

/// The data that a template sees, from a file: JSON, or YAML where its name ends so; `-` is
/// standard input. Errors name the file.
Result<template_engine::Data> ReadData(const std::string& file, Streams& streams);

/// `error`, `marker` or `empty`. kUsage otherwise.
Result<template_engine::Missing> ParseMissing(const std::string& text);

}  // namespace notify::cli::templates
