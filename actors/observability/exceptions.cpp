#include "actors/observability/exceptions.hpp"

#include "actors/observability/log.hpp"
#include "messages/interfaces/errors.hpp"

#include <caf/scheduled_actor.hpp>

#include <new>
#include <system_error>

namespace trivium::actors {

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

void explain_exceptions(caf::scheduled_actor* self) {
  self->set_exception_handler(
    [](caf::scheduled_actor* thrower, std::exception_ptr& thrown) {
      const auto reason = error_of(thrown);
      log_error(envelope{}, "an actor ended by an exception",
                {{"actor", thrower->name()}, {"reason", reason.text}});
      return to_caf(reason);
    });
}

} // namespace trivium::actors
