#include "run.h"

int main(int argc, char** argv) { return imnet::app::run({argv + 1, argv + argc}); }
