#include "tools/measure/registry/slot.hpp"

#include <etcd.grpc.pb.h>

namespace trivium::bench {

namespace {

namespace etcd = etcdserverpb;

std::string key_of(const std::string& id) {
  return "/models/" + id + "/metadata";
}

const std::string& value() {
  static const std::string bytes(270, 'x');
  return bytes;
}

slot_maker puts(const workload& work) {
  using stub = etcd::KV::Stub;
  using unary = unary_slot<stub, etcd::PutRequest, etcd::PutResponse>;
  return [=](const channel& to) {
    return std::make_unique<unary>(
      etcd::KV::NewStub(to), &stub::AsyncPut,
      [=](uint64_t number, etcd::PutRequest& request) {
        request.set_key(key_of(id_of(work, number)));
        request.set_value(value());
      },
      [](const etcd::PutResponse&) { return ""; });
  };
}

/// Puts a key that must not be there yet.
slot_maker transactions(const workload& work) {
  using stub = etcd::KV::Stub;
  using unary = unary_slot<stub, etcd::TxnRequest, etcd::TxnResponse>;
  return [=](const channel& to) {
    return std::make_unique<unary>(
      etcd::KV::NewStub(to), &stub::AsyncTxn,
      [=](uint64_t number, etcd::TxnRequest& request) {
        request.Clear();
        const auto key = key_of(id_of(work, number));
        auto& compare = *request.add_compare();
        compare.set_target(etcd::Compare::CREATE);
        compare.set_key(key);
        compare.set_create_revision(0);
        auto& put = *request.add_success()->mutable_request_put();
        put.set_key(key);
        put.set_value(value());
      },
      [](const etcd::TxnResponse& response) {
        return response.succeeded() ? "" : "the key was there";
      });
  };
}

slot_maker ranges(const workload& work) {
  using stub = etcd::KV::Stub;
  using unary = unary_slot<stub, etcd::RangeRequest, etcd::RangeResponse>;
  return [=](const channel& to) {
    return std::make_unique<unary>(
      etcd::KV::NewStub(to), &stub::AsyncRange,
      [=](uint64_t number, etcd::RangeRequest& request) {
        request.set_key(key_of(known_id(work, number)));
      },
      [](const etcd::RangeResponse& response) {
        return response.kvs_size() == 1 ? "" : "no such key";
      });
  };
}

} // namespace

slot_maker etcd_slots(const workload& work) {
  if (work.operation == "put")
    return puts(work);
  if (work.operation == "txn")
    return transactions(work);
  if (work.operation == "range" && work.known > 0)
    return ranges(work);
  return nullptr;
}

} // namespace trivium::bench
