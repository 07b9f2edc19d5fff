// Prints how a node stands:  node_status STORE
#include <trivium/client.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: node_status STORE\n");
    return 2;
  }
  trivium::client_options options;
  options.store = argv[1];
  options.name = "node_status";
  auto client = trivium::client::connect(options);
  if (!client) {
    std::fprintf(stderr, "%s\n", client.error().text.c_str());
    return 1;
  }
  const auto status = (*client)->status();
  if (!status) {
    std::fprintf(stderr, "%s\n", status.error().text.c_str());
    return 1;
  }
  std::printf("trivium %s, process %lld, revision %llu, %zu lanes, %zu jobs\n",
              status->version.c_str(), static_cast<long long>(status->pid),
              static_cast<unsigned long long>(status->head),
              status->lanes.size(), status->jobs.size());
  return 0;
}
