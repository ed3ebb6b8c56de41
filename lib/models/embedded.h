// The tables of weights/, compiled into the library so that the program needs no data files.
#pragma once

#include <string_view>
#include <vector>

namespace imnet {

extern const std::string_view imagenet_classes_table;     ///< weights/imagenet_classes.tsv
extern const std::string_view imagenet21k_classes_table;  ///< weights/imagenet21k_classes.tsv
extern const std::string_view published_weights_table;    ///< weights/published.tsv

/// Splits a tab-separated table into rows of fields, without the header line. The fields are views into
/// `table`.
std::vector<std::vector<std::string_view>> table_rows(std::string_view table);

}  // namespace imnet
