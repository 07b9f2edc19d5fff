#include "actors/client/version_cache.hpp"

#include <utility>

namespace trivium {

namespace {

/// Which version of the model; '@' and '=' keep aliases and versions apart.
std::string which_of(const version_query& query) {
  if (!query.alias.empty())
    return "@" + query.alias;
  return query.version.empty() ? "" : "=" + query.version;
}

} // namespace

std::optional<registered_version>
version_cache::find(const version_query& query, time now) {
  const std::lock_guard hold{mutex_};
  const auto model = models_.find(query.model);
  if (model == models_.end())
    return std::nullopt;
  const auto found = model->second.answers.find(which_of(query));
  if (found == model->second.answers.end())
    return std::nullopt;
  const auto at = found->second;
  if (now - at->read_at >= longest) {
    drop(at);
    return std::nullopt;
  }
  by_use_.splice(by_use_.begin(), by_use_, at);
  auto answer = at->answer;
  answer.given = consistency::cached;
  return answer;
}

version_cache::reading_ptr version_cache::begin(const version_query& query,
                                                time now) {
  const std::lock_guard hold{mutex_};
  auto read = std::make_shared<reading>(now);
  models_[query.model].readings.insert(read);
  return read;
}

void version_cache::end(const version_query& query, const reading_ptr& read,
                        const registered_version* answer) {
  const std::lock_guard hold{mutex_};
  if (const auto model = models_.find(query.model); model != models_.end()) {
    model->second.readings.erase(read);
    if (model->second.is_empty())
      models_.erase(model);
  }
  if (answer == nullptr || read->is_void_ || capacity_ == 0)
    return;
  const auto which = which_of(query);
  if (const auto model = models_.find(query.model); model != models_.end())
    if (const auto known = model->second.answers.find(which);
        known != model->second.answers.end())
      drop(known->second);
  while (by_use_.size() >= capacity_)
    drop(std::prev(by_use_.end()));
  by_use_.push_front({query.model, which, *answer, read->begun_});
  models_[query.model].answers.insert_or_assign(which, by_use_.begin());
}

void version_cache::forget(const model_ref& model) {
  const std::lock_guard hold{mutex_};
  if (const auto found = models_.find(model); found != models_.end()) {
    void_all(found->second);
    models_.erase(found);
  }
}

void version_cache::forget_all(const std::string& name_space) {
  const std::lock_guard hold{mutex_};
  for (auto it = models_.begin(); it != models_.end();) {
    const auto next = std::next(it);
    if (it->first.name_space == name_space) {
      void_all(it->second);
      models_.erase(it);
    }
    it = next;
  }
}

size_t version_cache::size() const {
  const std::lock_guard hold{mutex_};
  return by_use_.size();
}

void version_cache::drop(place entry) {
  const auto model = models_.find(entry->model);
  model->second.answers.erase(entry->which);
  if (model->second.is_empty())
    models_.erase(model);
  by_use_.erase(entry);
}

void version_cache::void_all(const of_model& model) {
  for (const auto& read : model.readings)
    read->is_void_ = true;
  for (const auto& [which, entry] : model.answers)
    by_use_.erase(entry);
}

} // namespace trivium
