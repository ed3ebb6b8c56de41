# add_codec_module(NAME LIBRARY SOURCE...): the codec imnet_NAME, a module that the program loads when such a picture
# comes. LIBRARY is the target of the library that decodes.
add_custom_target(imnet_codecs)
function(add_codec_module name library)
  set(target imnet_${name})
  add_library(${target} MODULE ${ARGN})
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  target_link_options(${target} PRIVATE -Wl,--as-needed)
  target_link_libraries(${target} PRIVATE imnet imnet_warnings fmt::fmt ${library})
  set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/${IMNET_MODULE_DIR})
  install(TARGETS ${target} LIBRARY DESTINATION ${IMNET_MODULE_DIR})
  add_dependencies(imnet_codecs ${target})
endfunction()
