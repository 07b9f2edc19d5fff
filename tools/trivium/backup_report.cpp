#include "tools/trivium/backup_report.hpp"

#include "messages/values/human.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"

namespace trivium::tools {

namespace {

std::string counted(uint64_t count, const std::string& what) {
  return human_count(count) + " " + what + (count == 1 ? "" : "s");
}

std::string size_of(const backup_summary& summary) {
  return counted(summary.files, "file") + ", " + human_bytes(summary.bytes);
}

std::string lines_of(const std::vector<std::string>& all, uint64_t count) {
  std::string text;
  for (const auto& one : all)
    text += "    " + printable(one) + "\n";
  if (count > all.size())
    text += "    and " + human_count(count - all.size()) + " more\n";
  return text;
}

void write_all(json_writer& json, const char* name,
               const std::vector<std::string>& all) {
  json.key(name);
  json.array([&] {
    for (const auto& one : all)
      json.value(printable(one));
  });
}

} // namespace

std::string text_of_backup(const backup_summary& made) {
  return "revision " + std::to_string(made.head) + " backed up to "
         + printable(made.folder) + ": " + size_of(made)
         + "\nThe store's blobs are not part of it: copy its folder \"blobs\" "
           "after this.\n";
}

std::string text_of_restore(const backup_summary& restored,
                            const std::string& store) {
  return "revision " + std::to_string(restored.head) + " restored to "
         + printable(restored.folder) + ": " + size_of(restored)
         + "\nBlobs are not part of a backup; `trivium store check "
         + printable(store) + "` says which are missing.\n";
}

std::string text_of(const store_check& report) {
  auto text = std::string{report.is_backup ? "backup " : "store "}
              + printable(report.folder) + " at revision "
              + std::to_string(report.head) + "\n";
  for (const auto& one : report.looked_at)
    text += "  " + printable(one) + "\n";
  if (report.found > 0)
    text += "  " + counted(report.found, "finding") + ":\n"
            + lines_of(report.findings, report.found);
  if (report.missing_blobs > 0)
    text += "  " + counted(report.missing_blobs, "missing blob") + ":\n"
            + lines_of(report.missing, report.missing_blobs);
  return text + (report.is_whole() ? "whole\n" : "");
}

std::string summary_of(const store_check& report) {
  if (report.is_whole())
    return {};
  auto text = printable(report.folder) + ": ";
  if (report.found > 0)
    text +=
      counted(report.found, "finding") + ", it is damaged: restore a backup";
  if (report.found > 0 && report.missing_blobs > 0)
    text += "; ";
  if (report.missing_blobs > 0)
    text += counted(report.missing_blobs, "blob")
            + (report.missing_blobs == 1 ? " is" : " are")
            + " missing: copy the folder \"blobs\" of the store that was "
              "backed up";
  return text;
}

std::string json_of(const backup_summary& summary) {
  json_writer json;
  json.object([&] {
    json.member("folder", printable(summary.folder));
    json.member("revision", summary.head);
    json.member("made_at_ms", summary.made_at_ms);
    json.member("files", summary.files);
    json.member("bytes", summary.bytes);
  });
  return std::move(json).text();
}

std::string json_of(const store_check& report) {
  json_writer json;
  json.object([&] {
    json.member("folder", printable(report.folder));
    json.member("is_backup", report.is_backup);
    json.member("revision", report.head);
    json.member("is_whole", report.is_whole());
    write_all(json, "looked_at", report.looked_at);
    json.member("found", report.found);
    write_all(json, "findings", report.findings);
    json.member("missing_blobs", report.missing_blobs);
    write_all(json, "missing", report.missing);
  });
  return std::move(json).text();
}

} // namespace trivium::tools
