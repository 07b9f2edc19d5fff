#include "tools/trivium/short_report.hpp"

#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"

#include <array>
#include <cstdio>

namespace trivium::tools {

namespace {

std::string fixed(double value, const char* format) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

} // namespace

std::string text_of(const version_registered& known) {
  const auto& version = known.version;
  return to_string(version.model) + " " + to_string(version.version) + " "
         + (known.was_known ? "was registered already" : "registered") + ": "
         + std::string{to_string(version.format)} + ", "
         + human_bytes(version.size_bytes) + ", artifact "
         + to_string(version.artifact) + ", revision "
         + std::to_string(known.at) + "\n";
}

std::string text_of(const golden_report& report, bool is_check) {
  const auto cases = std::to_string(report.cases) + " cases";
  const auto runtime =
    printable(report.executor) + ", " + printable(report.precision);
  if (!is_check)
    return cases + " recorded from artifact " + to_string(report.source) + " ("
           + runtime + ", " + printable(report.cpu) + ")\n";
  const auto& figures = report.figures;
  return cases + ": " + human_decibels(figures.min_sqnr_db) + " SQNR, cosine "
         + fixed(figures.min_cosine, "%.6f") + ", max error "
         + fixed(figures.max_error, "%.3g")
         + (figures.worst.empty() ? "" : ", worst " + printable(figures.worst))
         + " (" + runtime + ")\n";
}

std::string text_of(const collected_garbage& garbage, bool is_dry_run) {
  std::string text;
  for (const auto& name : garbage.names)
    text += "  " + printable(name) + "\n";
  return text + (is_dry_run ? "would remove " : "removed ")
         + std::to_string(garbage.names.size()) + " files, "
         + human_bytes(garbage.bytes) + "\n";
}

std::string summary_of(const pulled& result) {
  return to_string(result.alias.model) + "@" + printable(result.alias.alias)
         + " " + to_string(result.alias.version) + " "
         + (result.was_there ? "was there already" : "pulled") + ": "
         + human_bytes(result.bytes) + ", " + printable(result.folder.native());
}

std::string json_of(const version_registered& known) {
  const auto& version = known.version;
  json_writer json;
  json.object([&] {
    json.member("namespace", version.model.name_space);
    json.member("model", version.model.model);
    json.member("version", to_string(version.version));
    json.member("format", to_string(version.format));
    json.member("artifact", to_string(version.artifact));
    json.member("size_bytes", version.size_bytes);
    json.member("revision", known.at);
    json.member("was_known", known.was_known);
  });
  return std::move(json).text();
}

std::string json_of(const golden_report& report, bool is_check) {
  const auto& figures = report.figures;
  json_writer json;
  json.object([&] {
    json.member("cases", report.cases);
    json.member("source", to_string(report.source));
    json.member("executor", printable(report.executor));
    json.member("precision", printable(report.precision));
    json.member("cpu", printable(report.cpu));
    if (is_check) {
      json.member("min_sqnr_db", figures.min_sqnr_db);
      json.member("min_cosine", figures.min_cosine);
      json.member("max_error", figures.max_error);
      json.member("worst", printable(figures.worst));
    }
  });
  return std::move(json).text();
}

std::string json_of(const collected_garbage& garbage, bool is_dry_run) {
  json_writer json;
  json.object([&] {
    json.member("dry_run", is_dry_run);
    json.member("blobs", garbage.blobs);
    json.member("bytes", garbage.bytes);
    json.key("names");
    json.array([&] {
      for (const auto& name : garbage.names)
        json.value(printable(name));
    });
  });
  return std::move(json).text();
}

std::string json_of(const pulled& result) {
  json_writer json;
  json.object([&] {
    json.member("model", to_string(result.alias.model));
    json.member("alias", printable(result.alias.alias));
    json.member("version", to_string(result.alias.version));
    json.member("artifact", to_string(result.alias.artifact));
    json.member("folder", printable(result.folder.native()));
    json.member("bytes", result.bytes);
    json.member("was_there", result.was_there);
  });
  return std::move(json).text();
}

} // namespace trivium::tools
