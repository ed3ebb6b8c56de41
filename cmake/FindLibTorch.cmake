# Finds LibTorch by its headers and libraries alone. Its own TorchConfig.cmake wants the CUDA toolkit
# wherever LibTorch was built for CUDA; this project compiles nothing for CUDA and does without.
#
# Looks where CMAKE_PREFIX_PATH or Torch_DIR says: the folder of LibTorch (or of Python's package
# `torch`), or its share/cmake. Defines the target LibTorch::LibTorch, LibTorch_VERSION, and
# LibTorch_CUDA: whether it was built for CUDA.
set(hints ${Torch_DIR}/../../..)
foreach(prefix ${CMAKE_PREFIX_PATH} $ENV{CMAKE_PREFIX_PATH})
  list(APPEND hints ${prefix} ${prefix}/../.. ${prefix}/../../..)
endforeach()
find_path(LibTorch_INCLUDE_DIR torch/headeronly/version.h HINTS ${hints} PATH_SUFFIXES include)
get_filename_component(LibTorch_ROOT "${LibTorch_INCLUDE_DIR}" DIRECTORY)
foreach(library torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(LibTorch_${library}_LIBRARY ${library} HINTS ${LibTorch_ROOT} PATH_SUFFIXES lib NO_DEFAULT_PATH)
endforeach()
if(LibTorch_INCLUDE_DIR)
  file(READ ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h version_header)
  set(LibTorch_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    string(REGEX MATCH "TORCH_VERSION_${part} ([0-9]+)" line "${version_header}")
    string(APPEND LibTorch_VERSION ".${CMAKE_MATCH_1}")
  endforeach()
  string(SUBSTRING ${LibTorch_VERSION} 1 -1 LibTorch_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_INCLUDE_DIR LibTorch_torch_LIBRARY LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY
  VERSION_VAR LibTorch_VERSION)

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  set(libraries ${LibTorch_torch_LIBRARY} ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY})
  set(LibTorch_CUDA OFF)
  if(LibTorch_torch_cuda_LIBRARY AND LibTorch_c10_cuda_LIBRARY)
    set(LibTorch_CUDA ON)
    list(APPEND libraries ${LibTorch_torch_cuda_LIBRARY} ${LibTorch_c10_cuda_LIBRARY})
  endif()
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  # Nothing refers to libtorch_cuda by name, so without --no-as-needed it would silently be left out.
  set_target_properties(LibTorch::LibTorch PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES
      "${LibTorch_INCLUDE_DIR};${LibTorch_INCLUDE_DIR}/torch/csrc/api/include"
    INTERFACE_LINK_LIBRARIES "-Wl,--push-state,--no-as-needed;${libraries};-Wl,--pop-state")
endif()
