// Downloads a file as `imnet weights fetch` does, with a hash that the test chooses:
//   download_probe URL TARGET SHA256 [PATIENCE [PAUSE]]
// SHA256 may be the start of a hash, or "-" if it is unknown. PATIENCE is the time in seconds after which a
// connection without data is given up, PAUSE the time in milliseconds before the second attempt. Prints
// notices and errors on standard error. The exit status is 3 for a wrong file and 4 if the network or the
// disk fails.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/download.h"

int main(int argc, char** argv) try {
    if (argc < 4 || argc > 6) return 2;
    imnet::Download wanted;
    wanted.url = argv[1];
    wanted.target = argv[2];
    if (std::string(argv[3]) != "-") wanted.sha256 = argv[3];
    if (argc > 4) wanted.patience = std::chrono::seconds(std::atoi(argv[4]));
    if (argc > 5) wanted.pause = std::chrono::milliseconds(std::atoi(argv[5]));
    wanted.notice = [](const std::string& message) { std::fprintf(stderr, "%s\n", message.c_str()); };
    imnet::download(wanted);
    return 0;
} catch (const imnet::ModelError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
} catch (const imnet::OutputError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 4;
}
