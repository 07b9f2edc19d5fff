#pragma once

/// All conversions between the values of a session and control.proto:
/// `to_wire(value)` gives the message, always with valid UTF-8, and
/// `from_wire(message)` the value. A peer may send anything: from_wire never
/// throws, and believes no length, enum, digest, name or version. Errors:
/// invalid_argument for a request that breaks a rule, data_loss for an answer
/// that does, unsupported for an enum of a newer peer. Texts come as they are:
/// what is shown passes `printable` first.
#include "messages/wire/backup.hpp"
#include "messages/wire/failure.hpp"
#include "messages/wire/job_requests.hpp"
#include "messages/wire/jobs.hpp"
#include "messages/wire/node.hpp"
#include "messages/wire/records.hpp"
#include "messages/wire/registrations.hpp"
#include "messages/wire/registry_answers.hpp"
#include "messages/wire/registry_requests.hpp"
#include "messages/wire/repeated.hpp"
#include "messages/wire/reports.hpp"
