#pragma once

#include "tools/trivium/repl/completion.hpp"
#include "tools/trivium/repl/node_link.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace trivium::tools::repl {

/// Names as the node knows them, for completion: asked for within 200 ms, kept
/// for 2 s. A node that does not answer in time has none.
class node_names : public name_source {
public:
  explicit node_names(node_link& link) : link_(link) {}

  std::vector<std::string> models() override;
  std::vector<std::string> versions(const std::string& model) override;
  std::vector<std::string> variants(const std::string& model,
                                    const std::string& version) override;
  std::vector<std::string> aliases(const std::string& model) override;
  std::vector<std::string> jobs() override;
  std::vector<std::string> recipes() override;
  std::vector<std::string> paths(const std::string& start) override;

private:
  template <class Value>
  struct kept {
    std::chrono::steady_clock::time_point at{};
    Value value;
  };

  [[nodiscard]] model_details details(const std::string& model);
  /// The connected client, or null: completion makes no connection.
  [[nodiscard]] client* node();

  node_link& link_;
  std::map<std::string, kept<std::vector<std::string>>> lists_;
  std::map<std::string, kept<model_details>> details_;
};

} // namespace trivium::tools::repl
