#include "actors/observability/enlist.hpp"

#include "actors/observability/actor_directory.hpp"
#include "actors/observability/log.hpp"
#include "messages/interfaces/errors.hpp"
#include "messages/interfaces/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_view.hpp>
#include <caf/scheduled_actor.hpp>

#include <new>
#include <system_error>

namespace trivium::actors {

namespace {

uint64_t waiting_messages(caf::scheduled_actor* self) {
  return self->mailbox().size();
}

caf::result<caf::message> answer_unknown(caf::scheduled_actor* self,
                                         caf::message_view& x) {
  const auto content = x.move_content_to_message();
  if (content.match_elements<op::probe>())
    return caf::make_message(waiting_messages(self));
  if (!self->current_mailbox_element()->mid.is_request())
    return caf::message{}; // an error would end who sent it
  return caf::make_error(caf::sec::unexpected_message);
}

} // namespace

error error_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    return {ec::resource_exhausted, "out of memory"};
  } catch (const std::system_error& e) {
    return {ec::resource_exhausted, std::string{"the system: "} + e.what()};
  } catch (const std::exception& e) {
    return {ec::internal, std::string{"unexpected: "} + e.what()};
  } catch (...) {
    return {ec::internal, "unexpected: something unknown was thrown"};
  }
}

void enlist(caf::scheduled_actor* self) {
  auto& directory = directory_of(self->system());
  directory.came(self->id(), self->name(), self->address(),
                 self->getf(caf::abstract_actor::is_detached_flag));
  self->attach_functor(
    [id = self->id(), &directory](const caf::error&) { directory.left(id); });
  self->set_default_handler(answer_unknown);
  self->set_exception_handler(
    [](caf::scheduled_actor* thrower, std::exception_ptr& thrown) {
      const auto reason = error_of(thrown);
      log_error(envelope{}, "an actor ended by an exception",
                {{"actor", thrower->name()}, {"reason", reason.text}});
      return to_caf(reason);
    });
}

} // namespace trivium::actors
