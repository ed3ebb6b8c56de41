#include "base/errors.h"

#include <cerrno>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("failed system calls get the kind that rows show") {
    CHECK(name(error_from_errno(ENOENT).kind) == "not_found");
    CHECK(name(error_from_errno(EACCES).kind) == "permission");
    CHECK(name(error_from_errno(EIO).kind) == "io");
    CHECK(error_from_errno(EACCES).message == "Permission denied");
}
