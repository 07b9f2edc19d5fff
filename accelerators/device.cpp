#include "accelerators/device.hpp"

#include "accelerators/cpu/cpu_device.hpp"

namespace trivium::accelerators {

std::vector<std::shared_ptr<device>> probe_devices() {
  std::vector<std::shared_ptr<device>> devices;
  if (auto cpu = probe_cpu_device())
    devices.push_back(std::move(*cpu));
  return devices;
}

std::vector<device_info> device_report() {
  std::vector<device_info> report;
  if (auto cpu = probe_cpu_device())
    report.push_back((*cpu)->info());
  else
    report.push_back({"cpu", {}, 0, 0, cpu.error().text});
  report.push_back({"cuda", {}, 0, 0, "this build has no CUDA support"});
  report.push_back({"npu", {}, 0, 0, "this build has no NPU support"});
  return report;
}

} // namespace trivium::accelerators
