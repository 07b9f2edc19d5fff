#pragma once

#include "actors/client/client.hpp"
#include "tools/trivium/repl/bell.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trivium::tools::repl {

/// The node that the console talks to: connects when somebody needs it, says
/// what became of the connection.
class node_link {
public:
  /// `version`: of this program; a node of another one is news.
  node_link(client_options options, std::string version);
  ~node_link();
  node_link(const node_link&) = delete;
  node_link& operator=(const node_link&) = delete;

  /// The client, connected now where it was not yet: the first time within
  /// connect_limit, then with one try. Errors: client::connect's.
  [[nodiscard]] expected<client*> get();

  /// True from a connection's making to its loss.
  [[nodiscard]] bool is_connected() const;

  /// The tenant that requests are for.
  [[nodiscard]] const std::string& name_space() const {
    return options_.name_space;
  }

  /// How others can connect as this does.
  [[nodiscard]] const client_options& connection() const { return options_; }

  /// Another tenant, on a connection of its own; without a node it is kept for
  /// the first one. Errors: client::connect's, and all stays as it was.
  [[nodiscard]] expected<void> use(std::string name_space);

  /// Lines about what happened to the connection since the last call, and about
  /// a node of another version.
  [[nodiscard]] std::vector<std::string> news();
  /// Readable while there are any.
  [[nodiscard]] int news_fd() const;

private:
  /// Shared with the client's thread.
  struct changes;

  [[nodiscard]] expected<void> connect(const client_options& options);
  void note_version();

  client_options options_;
  std::string version_;
  std::shared_ptr<changes> changes_;
  std::unique_ptr<client> client_;
  int64_t pid_ = 0;  ///< Of the node that was last connected.
  std::string note_; ///< What is known of its version and not told yet.
};

/// What a person should know about a node of another version; empty for ours.
[[nodiscard]] std::string version_note(const node_identity& node,
                                       const std::string& ours);

} // namespace trivium::tools::repl
