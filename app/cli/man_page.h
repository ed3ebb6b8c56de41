#pragma once

#include <string>

namespace imnet::app {

/// man/imnet.1 in roff: the template man/imnet.1.in, filled from the tables of commands and options.
std::string man_page();

}  // namespace imnet::app
