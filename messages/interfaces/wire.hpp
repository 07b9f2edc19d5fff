#pragma once

// The only types that leave a process over the actor protocol: protobuf.

#include "trivium/v1/control.pb.h"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/detail/stringification_inspector.hpp>
#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/replies_to.hpp>
#include <caf/sec.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <string>
#include <type_traits>

namespace trivium::v1 {

/// Any of our protobuf messages as a CAF message: one string of bytes.
template <class Inspector, class Message>
std::enable_if_t<std::is_base_of_v<google::protobuf::Message, Message>,
                 typename Inspector::result_type>
inspect(Inspector& f, Message& x) {
  if constexpr (std::is_same_v<Inspector,
                               caf::detail::stringification_inspector>) {
    auto name = x.GetTypeName();
    return f(caf::meta::type_name("protobuf"), name);
  } else if constexpr (Inspector::reads_state) {
    std::string bytes;
    if (!x.SerializeToString(&bytes))
      return caf::error{caf::sec::invalid_argument};
    return f(bytes);
  } else {
    std::string bytes;
    const auto load = [&]() -> caf::error {
      return x.ParseFromString(bytes) ? caf::error{}
                                      : caf::error{caf::sec::invalid_argument};
    };
    return f(bytes, caf::meta::load_callback(load));
  }
}

} // namespace trivium::v1

namespace trivium {

/// Something to do in a client's own actor. Never leaves the process, where it
/// would arrive empty.
struct client_task {
  std::function<void()> run;
};

} // namespace trivium

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(trivium::client_task)

CAF_BEGIN_TYPE_ID_BLOCK(trivium_wire, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(trivium_wire, (trivium::v1::Request))
CAF_ADD_TYPE_ID(trivium_wire, (trivium::v1::Reply))
CAF_ADD_TYPE_ID(trivium_wire, (trivium::v1::Notice))
CAF_ADD_TYPE_ID(trivium_wire, (trivium::client_task))
CAF_END_TYPE_ID_BLOCK(trivium_wire)

namespace trivium {

/// What a node shows to a client: one request, one reply. It owns nothing.
using gateway_actor =
  caf::typed_actor<caf::replies_to<v1::Request>::with<v1::Reply>>;

/// What a client shows to a node: hears what it watches.
using notice_listener_actor = caf::typed_actor<caf::reacts_to<v1::Notice>>;

} // namespace trivium
