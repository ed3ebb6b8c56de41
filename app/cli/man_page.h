#pragma once

#include <string>

namespace imnet::app {

/// man/imnet.1 in roff, from the option table and man/sections.
std::string man_page();

}  // namespace imnet::app
