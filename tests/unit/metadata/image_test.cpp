#include "storage/metadata/image/image_holder.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace trivium;
using namespace trivium::storage;

namespace {

using model = std::map<std::string, std::string, std::less<>>;

key_value entry(const std::string& key, const std::string& value,
                revision at = 1) {
  return {key, value, at, at, 1};
}

image_ptr image_of(const model& keys, revision head = 1) {
  image_change change{*image::empty()};
  for (const auto& [key, value] : keys)
    change.put(entry(key, value, head));
  return change.finish(head);
}

model content(const image& held, std::string_view prefix = {},
              std::string_view from = {}) {
  model all;
  held.visit(prefix, from, [&](const image_entry& one) {
    BOOST_TEST((all.empty() || all.rbegin()->first < one.key()));
    all.emplace(one.key(), one.value());
    return true;
  });
  return all;
}

std::string numbered(unsigned number) {
  // Not in the order of the numbers: most sort before those with fewer digits.
  return "models/" + std::to_string(number * 2'654'435'761U);
}

uint64_t bytes_of(const model& keys) {
  uint64_t sum = 0;
  for (const auto& [key, value] : keys)
    sum += key.size() + value.size();
  return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(an_image)

BOOST_AUTO_TEST_CASE(of_nothing_has_nothing) {
  const auto nothing = image::empty();

  BOOST_TEST(nothing->size() == 0u);
  BOOST_TEST(nothing->head() == 0u);
  BOOST_TEST(nothing->find("a") == nullptr);
  BOOST_TEST(content(*nothing).empty());
}

BOOST_AUTO_TEST_CASE(tells_all_of_a_key) {
  image_change change{*image::empty()};
  change.put({"a", std::string{"x\0y", 3}, 3, 7, 2});
  const auto held = change.finish(7);
  const auto* found = held->find("a");

  BOOST_REQUIRE(found);
  const auto copy = found->copy();
  BOOST_TEST(copy.key == "a");
  BOOST_TEST(copy.value == (std::string{"x\0y", 3}));
  BOOST_TEST(copy.created == 3u);
  BOOST_TEST(copy.modified == 7u);
  BOOST_TEST(copy.version == 2u);
  BOOST_TEST(held->head() == 7u);
}

BOOST_AUTO_TEST_CASE(takes_keys_in_any_order) {
  for (const auto step : {1u, 999u}) { // upwards, downwards
    model keys;
    image_change change{*image::empty()};
    for (unsigned i = 0, at = 0; i < 1000; ++i, at = (at + step) % 1000) {
      const auto key = std::to_string(100'000 + at);
      keys[key] = key;
      change.put(entry(key, key));
    }
    BOOST_TEST(content(*change.finish(1)) == keys);
  }
}

BOOST_AUTO_TEST_CASE(stays_as_it_was_whatever_the_next_ones_do) {
  std::mt19937 chance{7};
  model keys;
  auto held = image_of({});
  std::vector<std::pair<image_ptr, model>> kept;
  for (unsigned round = 0; round < 400; ++round) {
    image_change change{*held};
    for (auto steps = chance() % 30; steps > 0; --steps) {
      const auto key = numbered(chance() % 700);
      // First it grows, then it shrinks to nothing, then it grows again.
      if (chance() % 400 < (round < 250 ? round : 400 - round)) {
        change.erase(key);
        keys.erase(key);
      } else {
        const auto value = std::to_string(chance());
        change.put(entry(key, value));
        keys[key] = value;
      }
    }
    held = change.finish(round + 1);
    kept.emplace_back(held, keys);
  }

  for (const auto& [one, wanted] : kept) {
    BOOST_REQUIRE(content(*one) == wanted);
    BOOST_REQUIRE(one->size() == wanted.size());
    BOOST_REQUIRE(one->bytes() == bytes_of(wanted));
    for (unsigned i = 0; i < 700; i += 7) {
      const auto* found = one->find(numbered(i));
      const auto known = wanted.find(numbered(i));
      BOOST_REQUIRE((found != nullptr) == (known != wanted.end()));
      BOOST_REQUIRE((!found || found->value() == known->second));
    }
  }
}

BOOST_AUTO_TEST_CASE(can_lose_every_key) {
  model keys;
  for (unsigned i = 0; i < 2000; ++i)
    keys[numbered(i)] = "x";
  auto held = image_of(keys);
  image_change change{*held};
  for (const auto& [key, value] : keys)
    change.erase(key);
  change.erase("never there");
  const auto after = change.finish(2);

  BOOST_TEST(after->size() == 0u);
  BOOST_TEST(after->bytes() == 0u);
  BOOST_TEST(content(*after).empty());
  BOOST_TEST(content(*held) == keys);
}

BOOST_AUTO_TEST_CASE(knows_nothing_of_a_change_that_is_given_up) {
  model keys;
  for (unsigned i = 0; i < 500; ++i)
    keys[numbered(i)] = "x";
  const auto held = image_of(keys);
  {
    image_change given_up{*held};
    for (unsigned i = 0; i < 1000; i += 3) {
      given_up.put(entry(numbered(i), "y"));
      given_up.put(entry(numbered(i), "z"));
      given_up.erase(numbered(i + 1));
    }
  }
  image_change change{*held};
  change.put(entry("a", "1"));
  const auto after = change.finish(2);

  BOOST_TEST(content(*held) == keys);
  BOOST_TEST(after->size() == keys.size() + 1);
}

BOOST_AUTO_TEST_CASE(goes_with_all_that_came_after_it) {
  auto held = image::empty();
  const auto first = held;
  for (revision at = 1; at <= 200'000; ++at) {
    image_change change{*held};
    change.put(entry(numbered(at % 100), "x", at));
    held = change.finish(at);
  }
  held = nullptr; // the first one holds each

  BOOST_TEST(first->size() == 0u);
}

BOOST_AUTO_TEST_CASE(is_read_by_prefix_and_from_a_key_on) {
  const auto held = image_of(
    {{"a", "1"}, {"b/1", "2"}, {"b/2", "3"}, {"b/3", "4"}, {"c", "5"}});

  BOOST_TEST(content(*held, "b/")
             == (model{{"b/1", "2"}, {"b/2", "3"}, {"b/3", "4"}}));
  BOOST_TEST(content(*held, "b/", "b/2")
             == (model{{"b/2", "3"}, {"b/3", "4"}}));
  BOOST_TEST(content(*held, "b/", "b/9").empty());
  BOOST_TEST(content(*held, "d").empty());
  BOOST_TEST(content(*held, "", "b/3") == (model{{"b/3", "4"}, {"c", "5"}}));
}

BOOST_AUTO_TEST_CASE(is_read_until_enough_was_seen) {
  model keys;
  for (unsigned i = 0; i < 500; ++i)
    keys[numbered(i)] = "x";
  size_t seen = 0;
  image_of(keys)->visit({}, {},
                        [&](const image_entry&) { return ++seen < 70; });

  BOOST_TEST(seen == 70u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(the_newest_image)

BOOST_AUTO_TEST_CASE(is_the_one_that_was_published_last) {
  image_holder holder{image_of({}, 1)};
  holder.publish(image_of({{"a", "1"}}, 2));

  BOOST_TEST(holder.newest()->head() == 2u);
  BOOST_TEST(holder.with_newest([](const image& held) { return held.size(); })
             == 1u);
}

BOOST_AUTO_TEST_CASE(lets_a_replaced_one_go_when_nobody_looks) {
  image_holder holder{image_of({}, 1)};
  holder.publish(image_of({}, 2));
  BOOST_TEST(holder.replaced() == 0u);
  const auto seen = holder.with_newest([&](const image& held) {
    holder.publish(image_of({}, 3));
    holder.publish(image_of({}, 4));
    return held.head();
  });
  BOOST_TEST(seen == 2u);
  BOOST_TEST(holder.replaced() == 2u);
  holder.publish(image_of({}, 5));

  BOOST_TEST(holder.replaced() == 0u);
}

BOOST_AUTO_TEST_CASE(is_whole_for_every_reader_while_it_is_replaced) {
  // Every value of an image is its revision.
  const auto made = [](const image& before, revision at) {
    image_change change{before};
    for (unsigned i = 0; i < 64; ++i)
      change.put(entry(numbered(i), std::to_string(at), at));
    return change.finish(at);
  };
  image_holder holder{made(*image::empty(), 1)};
  constexpr revision last = 3000;
  std::atomic<unsigned> torn{0};
  const auto look = [&](const image& held) {
    held.visit({}, {}, [&](const image_entry& one) {
      torn += one.modified() != held.head() ? 1 : 0;
      return true;
    });
    return held.head();
  };
  std::vector<std::thread> readers;
  for (unsigned i = 0; i < 4; ++i)
    readers.emplace_back([&, keeps = i % 2 == 0] {
      revision before = 0;
      while (before < last) {
        const auto now =
          keeps ? look(*holder.newest()) : holder.with_newest(look);
        torn += now < before ? 1 : 0;
        before = now;
      }
    });
  for (revision at = 2; at <= last; ++at)
    holder.publish(made(*holder.newest(), at));
  for (auto& reader : readers)
    reader.join();

  BOOST_TEST(torn == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
