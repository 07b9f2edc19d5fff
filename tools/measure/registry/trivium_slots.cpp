#include "tools/measure/registry/stream_slots.hpp"

#include "trivium/v1/registry.grpc.pb.h"

namespace trivium::bench {

namespace {

using stub = v1::ModelRegistry::Stub;

/// A registration of about 270 bytes, as large as what etcd is given.
void fill_registration(const workload& work, const std::string& id,
                       const std::string& version,
                       v1::ModelRegistrationRequest& request) {
  request.set_model_id(id);
  request.set_version(version);
  request.set_storage_uri("s3://bench-models/" + std::string(160, 'x') + "/"
                          + id + "/model.safetensors");
  if (work.ttl_seconds)
    request.set_ttl_seconds(*work.ttl_seconds);
}

/// New models, or new versions of known ones.
auto registration_of(const workload& work, bool is_again) {
  return [=](uint64_t number, v1::ModelRegistrationRequest& request) {
    if (is_again)
      fill_registration(work, known_id(work, number),
                        "1.1." + std::to_string(number), request);
    else
      fill_registration(work, id_of(work, number), "1.0.0", request);
  };
}

slot_maker registrations(const workload& work, bool is_again) {
  using unary = unary_slot<stub, v1::ModelRegistrationRequest,
                           v1::ModelRegistrationResponse>;
  return [=](const channel& to) {
    return std::make_unique<unary>(
      v1::ModelRegistry::NewStub(to), &stub::AsyncRegister,
      registration_of(work, is_again),
      [](const v1::ModelRegistrationResponse& response) {
        return response.revision() > 0 ? "" : "no revision";
      });
  };
}

slot_maker gets(const workload& work) {
  using unary = unary_slot<stub, v1::GetModelVersionRequest, v1::ModelVersion>;
  return [=](const channel& to) {
    return std::make_unique<unary>(
      v1::ModelRegistry::NewStub(to), &stub::AsyncGet,
      [=](uint64_t number, v1::GetModelVersionRequest& request) {
        request.set_model_id(known_id(work, number));
      },
      [](const v1::ModelVersion& version) {
        return version.storage_uri().empty() ? "no URI" : "";
      });
  };
}

} // namespace

slot_maker trivium_slots(const workload& work) {
  if (work.operation == "register")
    return registrations(work, false);
  if (work.operation == "again" && work.known > 0)
    return registrations(work, true);
  if (work.operation == "stream")
    return stream_slots(registration_of(work, false));
  if (work.operation == "get" && work.known > 0)
    return gets(work);
  return nullptr;
}

} // namespace trivium::bench
