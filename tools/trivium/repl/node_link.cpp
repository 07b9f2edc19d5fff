#include "tools/trivium/repl/node_link.hpp"

#include <algorithm>

namespace trivium::tools::repl {

struct node_link::changes {
  void add(connection_change change) {
    const std::lock_guard lock{mutex};
    is_lost = change == connection_change::lost;
    heard.push_back(change);
    news.ring();
  }

  std::vector<connection_change> take() {
    const std::lock_guard lock{mutex};
    news.quiet();
    return std::exchange(heard, {});
  }

  std::mutex mutex;
  bool is_lost = false;
  std::vector<connection_change> heard;
  bell news;
};

node_link::node_link(client_options options, std::string version)
  : options_(std::move(options)), version_(std::move(version)),
    changes_(std::make_shared<changes>()) {}

node_link::~node_link() = default;

expected<void> node_link::connect(const client_options& options) {
  TRIVIUM_TRY(auto made, client::connect(options));
  const auto heard = std::make_shared<changes>();
  made->on_connection(
    [heard](connection_change change) { heard->add(change); });
  client_ = std::move(made);
  changes_ = heard;
  note_version();
  return {};
}

/// Once a node: reconnecting to the same one, or for another namespace, says
/// nothing again.
void node_link::note_version() {
  const auto node = client_->node();
  if (std::exchange(pid_, node.pid) != node.pid)
    note_ = version_note(node, version_);
}

expected<client*> node_link::get() {
  if (client_)
    return client_.get();
  const auto connected = connect(options_);
  options_.connect_limit = std::chrono::milliseconds{0};
  if (!connected)
    return fail(connected.error());
  return client_.get();
}

bool node_link::is_connected() const {
  const std::lock_guard lock{changes_->mutex};
  return client_ && !changes_->is_lost;
}

expected<void> node_link::use(std::string name_space) {
  auto wanted = options_;
  wanted.name_space = std::move(name_space);
  if (client_)
    TRIVIUM_CHECK(connect(wanted));
  options_ = std::move(wanted);
  return {};
}

std::vector<std::string> node_link::news() {
  std::vector<std::string> lines;
  for (const auto change : changes_->take()) {
    if (change == connection_change::lost) {
      lines.push_back("connection lost: node " + std::to_string(pid_)
                      + " does not answer, trying again");
    } else {
      note_version();
      lines.push_back("connected again to node " + std::to_string(pid_));
    }
  }
  if (!note_.empty())
    lines.push_back(std::exchange(note_, {}));
  return lines;
}

int node_link::news_fd() const { return changes_->news.fd(); }

} // namespace trivium::tools::repl
