#include "messages/values/sha256.hpp"
#include "tests/support/expected_checks.hpp"

#include <cstring>

using namespace trivium;

namespace {

std::string hex(std::string_view bytes) { return to_string(sha256(bytes)); }

} // namespace

// FIPS 180-4, the examples of its appendix and NIST's one of a million 'a'.
BOOST_AUTO_TEST_SUITE(sha256s)

BOOST_AUTO_TEST_CASE(equal_the_published_vectors) {
  BOOST_TEST(hex("")
             == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca49599"
                "1b7852b855");
  BOOST_TEST(hex("abc")
             == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb41"
                "0ff61f20015ad");
  BOOST_TEST(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
             == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06"
                "c1");
  BOOST_TEST(hex(std::string(1'000'000, 'a'))
             == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112c"
                "d0");
}

BOOST_AUTO_TEST_CASE(do_not_depend_on_the_pieces) {
  sha256_hasher hasher;
  for (const auto* piece : {"a", "", "bc"})
    hasher.update(std::as_bytes(std::span{piece, std::strlen(piece)}));

  BOOST_CHECK(hasher.finish() == sha256("abc"));
}

BOOST_AUTO_TEST_CASE(start_over_after_finishing) {
  sha256_hasher hasher;
  hasher.update(std::as_bytes(std::span{"first", 5}));
  static_cast<void>(hasher.finish());

  BOOST_CHECK(hasher.finish() == sha256(""));
}

BOOST_AUTO_TEST_SUITE_END()
