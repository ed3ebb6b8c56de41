// The lines of a list of class names, each taken apart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/class_names.h"

namespace imnet {

/// The class that a line speaks of, and its index where the line states one.
struct ListedClass {
    ClassName name;
    std::optional<std::int64_t> index;
};

/// Takes a line apart; nothing where it does not have that form.
using ParseLine = std::optional<ListedClass> (*)(std::string_view line);

/// `0 tench`, `0,tench`, `0: tench`, `0;tench`
std::optional<ListedClass> number_first(std::string_view line);

/// `tench,0`, `tench: 0`, `tench;0`, `tench<tab>0`
std::optional<ListedClass> number_last(std::string_view line);

/// `n01440764 tench`, `n01440764,tench`, `n01440764: tench`
std::optional<ListedClass> wnid_first(std::string_view line);

/// A name alone: neither one of the forms above, nor a piece of JSON or of a list in Python (quotes,
/// brackets, a comma or semicolon at the end).
std::optional<ListedClass> name_alone(std::string_view line);

/// A CSV file with a header that names its columns: one of them holds the indices 0, 1, 2 …, one the names,
/// and one may hold wnids. Nothing if the lines are not that.
std::optional<std::vector<ListedClass>> csv_with_header(const std::vector<std::string_view>& lines);

/// The text without blanks at its ends.
std::string_view without_blanks(std::string_view text);

}  // namespace imnet
