// The one file of a test program that defines main(): Boost.Test writes it
// where BOOST_TEST_MODULE is defined.
#define BOOST_TEST_MODULE TRIVIUM_TEST_NAME
#include <boost/test/unit_test.hpp>
