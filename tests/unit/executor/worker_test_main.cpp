#include "accelerators/executor/executor.hpp"

int main() { return trivium::accelerators::executor_worker_main(); }
