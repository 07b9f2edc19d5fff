#include "tests/unit/wire/message_fields.hpp"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include <set>
#include <utility>

namespace trivium::test {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

bool is_set(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void add_mute_fields(const Message& message, std::vector<std::string>& found) {
  const auto& descriptor = *message.GetDescriptor();
  const auto& reflection = *message.GetReflection();
  std::set<std::pair<int, std::string>> seen;
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const auto& field = *descriptor.field(i);
    const auto is_message = field.type() == FieldDescriptor::TYPE_MESSAGE;
    if (!is_set(message, field)) {
      found.push_back(field.full_name());
    } else if (is_message && field.is_repeated()) {
      if (field.is_map())
        continue;
      for (int j = 0; j < reflection.FieldSize(message, &field); ++j)
        add_mute_fields(reflection.GetRepeatedMessage(message, &field, j),
                        found);
    } else if (is_message) {
      add_mute_fields(reflection.GetMessage(message, &field), found);
    } else if (!field.is_repeated()
               && field.type() != FieldDescriptor::TYPE_BOOL) {
      std::string text;
      TextFormat::PrintFieldValueToString(message, &field, -1, &text);
      if (!seen.emplace(field.cpp_type(), text).second)
        found.push_back(field.full_name());
    }
  }
}

} // namespace

std::vector<std::string> mute_fields(const Message& message) {
  std::vector<std::string> found;
  add_mute_fields(message, found);
  return found;
}

} // namespace trivium::test
