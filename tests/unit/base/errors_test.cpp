#include "base/errors.h"

#include <cerrno>

#include <doctest/doctest.h>

using namespace imnet;

TEST_CASE("failed system calls are mapped to the kinds of errors in rows") {
    CHECK(name(error_from_errno(ENOENT).kind) == "not_found");
    CHECK(name(error_from_errno(EACCES).kind) == "permission");
    CHECK(name(error_from_errno(EIO).kind) == "io");
    CHECK(error_from_errno(EACCES).message == "Permission denied");
}
