# Toolchain file that compiles for 64-bit ARM on a Debian x86-64 machine:
#   cmake -B build/aarch64 --toolchain cmake/aarch64.cmake -DIMNET_SYSROOT=FOLDER
# FOLDER holds Debian's arm64 packages of the libraries, unpacked with `dpkg -x`. g++-12-aarch64-linux-gnu
# is the compiler; qemu-user-static runs the tests.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc-12)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++-12)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES IMNET_SYSROOT)
set(CMAKE_FIND_ROOT_PATH ${IMNET_SYSROOT} /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${IMNET_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} ${IMNET_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:${IMNET_SYSROOT}/usr/share/pkgconfig)
set(CMAKE_CROSSCOMPILING_EMULATOR
  qemu-aarch64-static;-L;/usr/aarch64-linux-gnu;-E;LD_LIBRARY_PATH=${IMNET_SYSROOT}/usr/lib/aarch64-linux-gnu)
