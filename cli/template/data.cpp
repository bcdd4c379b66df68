#include "cli/template/data.hpp"

#include "cli/files.hpp"

namespace notify::cli::templates {

Result<template_engine::Data> ReadData(const std::string& file, Streams& streams) {
  auto text = ReadInput(file, streams);
  if (!text) return std::move(text.error());
  auto data = file.ends_with(".yaml") || file.ends_with(".yml")
                  ? template_engine::Data::ParseYaml(*text)
                  : template_engine::Data::Parse(*text);
  if (!data) {
    data.error().detail =
        (file == "-" ? std::string("standard input") : file) + ": " + data.error().detail;
  }
  return data;
}

Result<template_engine::Missing> ParseMissing(const std::string& text) {
  if (text.empty() || text == "error") return template_engine::Missing::kError;
  if (text == "marker") return template_engine::Missing::kMarker;
  if (text == "empty") return template_engine::Missing::kEmpty;
  return Fail(Errc::kUsage, "--missing takes error, marker or empty, not \"" + text + "\".");
}

}  // namespace notify::cli::templates
