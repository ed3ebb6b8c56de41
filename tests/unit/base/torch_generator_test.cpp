#include "base/torch_generator.h"

#include <doctest/doctest.h>

using namespace imnet;

// The numbers are what PyTorch 1.13 and 2.13 print on a processor with AVX2.

TEST_CASE("each kind of random number after torch.manual_seed(42)") {
    TorchGenerator generator(42);
    CHECK(generator.rand() == 0x1.c3b8ccp-1F);
    CHECK(generator.rand() == 0x1.d47b66p-1F);
    CHECK(generator.uniform(0.08, 1) == 0x1.ba9bbap-2F);
    CHECK(generator.uniform(-0.5, 0.25) == 0x1.c17e54p-3F);
    CHECK(generator.randint(0, 1000) == 26);
    CHECK(generator.randint(-5, 6) == 5);
    CHECK(generator.randint(0, 1) == 0);
    CHECK(generator.randperm(4) == std::vector<int>{0, 2, 3, 1});
    CHECK(generator.randperm(7) == std::vector<int>{0, 5, 2, 1, 4, 3, 6});
    CHECK(generator.randperm(1) == std::vector<int>{0});
    CHECK(generator.rand() == 0x1.c558c6p-1F);
}

TEST_CASE("uniform_ rounds once") {
    TorchGenerator generator(7);
    for (const float expected :
         {0x1.24ee1p-1F, 0x1.0d356p-2F, 0x1.5f799ep-1F, 0x1.5e61bp-1F, 0x1.2d3334p-2F, 0x1.e25ca2p-2F}) {
        CHECK(generator.uniform(0.08, 1) == expected);
    }
    TorchGenerator many(0);
    double sum = 0;
    for (int i = 0; i < 2000; ++i) sum += static_cast<double>(many.uniform(-0.1, 0.1));
    CHECK(sum == -0x1.675d86681p-1);  // every digit: torch.empty(2000).uniform_(-0.1, 0.1).double().sum()
}

TEST_CASE("only the low 32 bits of a seed count, as in PyTorch") {
    TorchGenerator low(1);
    TorchGenerator high((std::uint64_t{1} << 32) + 1);
    CHECK(low.rand() == high.rand());
}
