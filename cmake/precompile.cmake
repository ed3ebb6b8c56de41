# precompile(TARGET [HEADER...]) compiles once what most files of a target include; it takes a third off their
# time. A compiler cache does better without it, and a file with compiler flags of its own cannot use it.
function(precompile target)
  if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
    target_precompile_headers(${target} PRIVATE <algorithm> <array> <cstddef> <cstdint> <filesystem>
      <functional> <memory> <optional> <span> <string> <string_view> <utility> <vector> <fmt/format.h> ${ARGN})
  endif()
endfunction()
