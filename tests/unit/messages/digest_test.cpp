#include "messages/values/digest.hpp"

#include "messages/values/sha256.hpp"

#include <boost/test/unit_test.hpp>

using namespace trivium;

namespace {

// FIPS 180-2, appendix B.1.
constexpr std::string_view of_abc =
  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

} // namespace

BOOST_AUTO_TEST_SUITE(digests)

BOOST_AUTO_TEST_CASE(text_reads_back) {
  BOOST_TEST(to_string(digest::parse(of_abc).value()) == of_abc);
}

BOOST_AUTO_TEST_CASE(only_64_lower_case_hex_digits_are_taken) {
  std::string upper{of_abc};
  upper[0] = 'B';
  std::string letter{of_abc};
  letter[63] = 'g';
  for (const auto& text :
       {std::string{}, std::string(63, '0'), std::string(65, '0'), upper,
        letter, "0x" + std::string(62, '0'), std::string(64, '\0'),
        std::string(64, ' ')})
    BOOST_TEST(!digest::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(an_unset_digest_is_told_from_a_set_one) {
  BOOST_TEST(!digest{}.is_set());
  BOOST_TEST(digest::parse(of_abc)->is_set());
}

BOOST_AUTO_TEST_CASE(tables_show_twelve_digits) {
  BOOST_TEST(abbreviated(digest::parse(of_abc).value()) == "ba7816bf8f01");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(hashing)

BOOST_AUTO_TEST_CASE(known_texts_have_their_known_digests) {
  BOOST_TEST(to_string(sha256("abc")) == of_abc);
  BOOST_TEST(to_string(sha256(""))
             == "e3b0c44298fc1c149afbf4c8996fb924"
                "27ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(pieces_hash_like_the_whole) {
  const std::string text = "abc";
  sha256_hasher hasher;
  for (const auto& c : text)
    hasher.update(std::as_bytes(std::span{&c, 1}));

  BOOST_TEST(to_string(hasher.finish()) == of_abc);
}

BOOST_AUTO_TEST_CASE(a_finished_hasher_starts_over) {
  sha256_hasher hasher;
  hasher.update(std::as_bytes(std::span{"noise", 5}));
  (void)hasher.finish();
  hasher.update(std::as_bytes(std::span{"abc", 3}));

  BOOST_TEST(to_string(hasher.finish()) == of_abc);
}

BOOST_AUTO_TEST_SUITE_END()
