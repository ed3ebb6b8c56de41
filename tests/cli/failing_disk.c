// Preloaded into the program: makes a call on files below $FAIL_FOLDER fail, or stops short.
//   FAIL_CALL   write, short (a write of half the bytes, then no space), fsync or rename
//   FAIL_AT     which of these calls, from 1, and all behind it
//   FAIL_ERRNO  with which error
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int calls;

static int concerns(const char* call, const char* path) {
    const char* folder = getenv("FAIL_FOLDER");
    const char* wanted = getenv("FAIL_CALL");
    if (!folder || !wanted || strcmp(wanted, call) != 0 || strncmp(path, folder, strlen(folder)) != 0) return 0;
    if (++calls < atoi(getenv("FAIL_AT"))) return 0;
    errno = atoi(getenv("FAIL_ERRNO"));
    return 1;
}

static const char* path_of(int fd) {
    static __thread char path[4096];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = '\0';
    return path;
}

ssize_t write(int fd, const void* bytes, size_t count) {
    ssize_t (*real)(int, const void*, size_t) = dlsym(RTLD_NEXT, "write");
    const char* path = path_of(fd);
    if (concerns("write", path)) return -1;
    const int before = calls;
    if (concerns("short", path)) return calls == before + 1 && calls == atoi(getenv("FAIL_AT")) ? real(fd, bytes, count / 2) : -1;
    return real(fd, bytes, count);
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    return concerns("fsync", path_of(fd)) ? -1 : real(fd);
}

int rename(const char* from, const char* to) {
    int (*real)(const char*, const char*) = dlsym(RTLD_NEXT, "rename");
    return concerns("rename", to) ? -1 : real(from, to);
}
