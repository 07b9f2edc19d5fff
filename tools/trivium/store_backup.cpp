#include "tools/trivium/store_backup.hpp"

#include "actors/node/store_care.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/backup_report.hpp"
#include "tools/trivium/open_node.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>

namespace trivium::tools {

namespace {

namespace fs = std::filesystem;

/// As long as a disk is large.
constexpr std::chrono::hours longest_backup{24};

/// A node has a folder of its own to go by, and messages show where things are.
fs::path full_path(const std::string& given) {
  std::error_code ignored;
  return fs::absolute(given, ignored).lexically_normal();
}

bool shows_progress(const command_context& context) {
  return !context.options.quiet && !context.options.json;
}

void print(const std::string& json, const std::string& text,
           const common_options& options) {
  if (options.json)
    std::printf("%s\n", json.c_str());
  else if (!options.quiet)
    std::printf("%s", text.c_str());
}

// --- backup ------------------------------------------------------------------

/// By the node that serves the store, else by this process.
expected<backup_summary> back_up(const fs::path& folder,
                                 const command_context& context,
                                 progress_display& display) {
  const auto connection = connect_to_node(context);
  if (connection && *connection)
    return (**connection)
      ->back_up(folder.native(),
                [&](const backup_progress& progress) {
                  display.show_bytes("copy", progress.done, progress.total);
                },
                {longest_backup, context.from.cancel});
  auto made = actors::back_up_store(context.settings.store, folder,
                                    {[&](uint64_t done, uint64_t total) {
                                       display.show_bytes("copy", done, total);
                                     },
                                     context.from.cancel});
  if (!made && connection && made.error().code == ec::unavailable)
    made.error().text +=
      "; its node does not answer: " + connection->error().text;
  return made;
}

int run_backup(const std::string& folder, command_context& context) {
  progress_display display{!shows_progress(context)};
  const auto made = back_up(full_path(folder), context, display);
  display.clear();
  if (!made)
    return report_error(made.error(), context.options.json);
  print(json_of(*made), text_of_backup(*made), context.options);
  return 0;
}

// --- restore -----------------------------------------------------------------

int run_restore(const std::string& folder, const std::string& to,
                command_context& context) {
  const auto store = to.empty() ? context.settings.store : full_path(to);
  progress_display display{!shows_progress(context)};
  auto restored =
    actors::restore_store(full_path(folder), store,
                          {[&](uint64_t done, uint64_t total) {
                             display.show_bytes("copy", done, total);
                           },
                           context.from.cancel});
  display.clear();
  if (!restored && restored.error().code == ec::already_exists)
    restored.error().text +=
      "; restore to another store with --to, or move this folder away";
  if (!restored)
    return report_error(restored.error(), context.options.json);
  print(json_of(*restored), text_of_restore(*restored, store.native()),
        context.options);
  return 0;
}

// --- check -------------------------------------------------------------------

int run_check(const std::string& folder, command_context& context) {
  const auto checked =
    folder.empty() ? context.settings.store : full_path(folder);
  progress_display display{!shows_progress(context)};
  auto report =
    actors::check_store(checked, {[&](uint64_t done, uint64_t total) {
                                    display.show_share("check", done, total);
                                  },
                                  context.from.cancel});
  display.clear();
  if (!report && report.error().code == ec::unavailable)
    report.error().text += "; what is in use cannot be checked: make a backup "
                           "with `trivium store backup DIR` and check that";
  if (!report)
    return report_error(report.error(), context.options.json);
  print(json_of(*report), text_of(*report), context.options);
  if (report->is_whole())
    return 0;
  std::fprintf(stderr, "trivium: %s\n", summary_of(*report).c_str());
  return 1;
}

} // namespace

void add_backup(CLI::App& store, command& chosen) {
  const auto folder = std::make_shared<std::string>();
  auto* const c = store.add_subcommand(
    "backup", "Copy the metadata, as it is at one revision, to a folder");
  c->add_option("folder", *folder, "New or empty folder")
    ->type_name("DIR")
    ->required();
  c->footer("A node that serves the store makes it and goes on meanwhile. The "
            "blobs are not\npart of it: copy the store's folder \"blobs\" "
            "afterwards, files there never change.\n"
            "Examples:\n"
            "  trivium store backup /backups/monday\n"
            "  rsync -a ~/.local/share/trivium/blobs/ /backups/blobs/");
  c->callback([folder, &chosen] {
    chosen = [folder](command_context& context) {
      return run_backup(*folder, context);
    };
  });
}

void add_restore(CLI::App& store, command& chosen) {
  struct options {
    std::string folder;
    std::string to;
  };
  const auto given = std::make_shared<options>();
  auto* const c = store.add_subcommand(
    "restore", "Make a store's metadata of a backup, every byte checked");
  c->add_option("folder", given->folder, "The backup")
    ->type_name("DIR")
    ->required();
  c->add_option("--to", given->to,
                "Store, without metadata of its own [that of --store]")
    ->type_name("STORE");
  c->footer("Examples:\n"
            "  trivium store restore /backups/monday --to /srv/trivium\n"
            "  rsync -a /backups/blobs/ /srv/trivium/blobs/\n"
            "  trivium store check /srv/trivium");
  c->callback([given, &chosen] {
    chosen = [given](command_context& context) {
      return run_restore(given->folder, given->to, context);
    };
  });
}

void add_check(CLI::App& store, command& chosen) {
  const auto folder = std::make_shared<std::string>();
  auto* const c = store.add_subcommand(
    "check", "Read all metadata of a store that nobody uses, or of a backup");
  c->add_option("folder", *folder, "Store or backup [the store]")
    ->type_name("DIR");
  c->footer("Changes nothing. Exit 0: whole; 1: something is damaged or "
            "missing, or it could\nnot be looked at. Of blobs it says which "
            "are missing or have another size.\n"
            "Examples:\n"
            "  trivium store check\n"
            "  trivium store check /backups/monday --json");
  c->callback([folder, &chosen] {
    chosen = [folder](command_context& context) {
      return run_check(*folder, context);
    };
  });
}

} // namespace trivium::tools
