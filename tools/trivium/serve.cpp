#include "actors/node/node_service.hpp"
#include "actors/node/service_notify.hpp"
#include "actors/observability/log.hpp"
#include "config/listen_address.hpp"
#include "messages/values/json_writer.hpp"
#include "messages/values/names.hpp"
#include "tools/trivium/commands.hpp"
#include "tools/trivium/signals.hpp"
#include "tools/trivium/terminal.hpp"

#include <cstdio>
#include <memory>
#include <unistd.h>

namespace trivium::tools {

namespace {

/// After this the process is gone, whatever hangs.
constexpr std::chrono::milliseconds longest_stop{4800};

struct serve_options {
  bool print_config = false;
  std::string grpc; ///< Empty: as the settings say.
  std::vector<std::string> roots;
};

expected<config::settings> settings_of(const serve_options& options,
                                       const command_context& context) {
  // A command is silent unless told; a node tells what happens.
  TRIVIUM_TRY(auto settings, context.options.settings(config::log_level::info));
  if (!options.grpc.empty()) {
    TRIVIUM_CHECK(config::parse_listen_address(options.grpc));
    settings.grpc.listen = options.grpc;
  }
  for (const auto& root : options.roots) {
    std::error_code failed;
    const auto path = std::filesystem::canonical(root, failed);
    if (failed)
      return fail(ec::not_found,
                  "--root " + printable(root) + ": " + failed.message());
    settings.roots.push_back(path.native());
  }
  return settings;
}

void announce(const actors::node_service& node, const common_options& options) {
  const auto& identity = node.identity();
  if (options.json) {
    json_writer json;
    json.object([&] {
      json.member("store", printable(identity.store));
      json.member("socket", printable(node.socket().native()));
      if (!node.grpc_address().empty())
        json.member("grpc", node.grpc_address());
      json.member("pid", identity.pid);
      json.member("version", identity.version);
    });
    std::printf("%s\n", json.text().c_str());
  } else if (!options.quiet) {
    std::printf("trivium %s serves %s (process %lld, door %s%s)\n",
                identity.version.c_str(), printable(identity.store).c_str(),
                static_cast<long long>(identity.pid),
                printable(node.socket().native()).c_str(),
                node.grpc_address().empty()
                  ? ""
                  : (", gRPC " + node.grpc_address()).c_str());
  }
  std::fflush(stdout);
  actors::notify_service("READY=1\nSTATUS=serving " + identity.store);
}

int run_serve(const serve_options& options, command_context& context) {
  const auto as_json = context.options.json;
  const auto settings = settings_of(options, context);
  if (!settings)
    return report_error(settings.error(), as_json);
  if (options.print_config) {
    std::printf("%s", config::settings_text(*settings).c_str());
    return 0;
  }
  if (auto started = actors::start_log(settings->log); !started)
    return report_error(started.error(), as_json);
  set_stop_grace(longest_stop);
  auto node = actors::node_service::start(
    {*settings, context.program, TRIVIUM_VERSION, {}});
  if (!node)
    return report_error(node.error(), as_json);
  announce(**node, context.options);
  wait_for_stop_signal();
  actors::notify_service("STOPPING=1");
  if (!(*node)->stop(settings->grace)) {
    // No destructor may wait for what hangs.
    std::fflush(nullptr);
    ::_exit(128 + stop_signal());
  }
  if (!as_json && !context.options.quiet)
    std::printf("stopped\n");
  context.was_told_to_stop = true;
  return 0;
}

} // namespace

void add_serve(CLI::App& app, command& chosen) {
  const auto options = std::make_shared<serve_options>();
  auto* const c = app.add_subcommand(
    "serve", "Serve a store to clients until SIGTERM or Ctrl-C");
  c->add_flag("--print-config", options->print_config,
              "Print the settings as they are in effect, each explained");
  c->add_option("--grpc", options->grpc,
                "Where gRPC clients are served: HOST:PORT of this machine "
                "(port 0: a free one), or off");
  c->add_option("--root", options->roots,
                "Accept file:// URIs below this folder (repeatable)");
  c->footer("A second signal, or 5 seconds, end it whatever hangs. Jobs that "
            "run are parked\nand go on with the next `trivium serve`.\n\n"
            "Examples:\n"
            "  trivium serve\n"
            "  trivium serve --config /etc/trivium.yaml\n"
            "  trivium serve --grpc 127.0.0.1:0 --root /models\n"
            "  trivium serve --print-config > trivium.yaml");
  c->callback([options, &chosen] {
    chosen = [options](command_context& context) {
      return run_serve(*options, context);
    };
  });
}

} // namespace trivium::tools
