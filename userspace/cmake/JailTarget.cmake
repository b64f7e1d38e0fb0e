# SPDX-License-Identifier: BSD-2-Clause
# What every target of ours shares, and how a test binary is made.

# jail_target(TARGET): warnings, no exceptions, include path, sanitizers, coverage.
function(jail_target target)
  target_include_directories(${target} PRIVATE
    ${PROJECT_SOURCE_DIR}/userspace/include ${PROJECT_SOURCE_DIR}/userspace)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE JAIL_VERSION="${PROJECT_VERSION}")
  target_compile_options(${target} PRIVATE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -ffunction-sections -fdata-sections
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions> $<$<BOOL:${JAIL_DEV}>:-Werror>)
  if(JAIL_SANITIZE)
    target_compile_options(${target} PRIVATE
      -fsanitize=${JAIL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${JAIL_SANITIZE})
  endif()
  if(JAIL_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage)
    target_link_options(${target} PRIVATE --coverage -Wl,--wrap=_exit)
    target_link_libraries(${target} PRIVATE jail_coverage)
  endif()
endfunction()

# jail_static(TARGET): a program without a dynamic loader, as it starts twice as fast, with what a
# start executes side by side.
function(jail_static target)
  target_link_options(${target} PRIVATE -Wl,--gc-sections)
  if(NOT JAIL_SANITIZE)
    set(script ${PROJECT_SOURCE_DIR}/userspace/cmake/start.ld)
    target_link_options(${target} PRIVATE -static -Wl,-T,${script})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${script})
  endif()
endfunction()

# jail_test(NAME SOURCES… LIBRARIES…): a GoogleTest binary; ctest names are NAME.Suite.Test.
function(jail_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  jail_target(${name})
  target_link_libraries(${name} PRIVATE
    ${arg_LIBRARIES} jail_testing GTest::gmock GTest::gtest GTest::gtest_main)
  gtest_discover_tests(${name} TEST_PREFIX ${name}.)
endfunction()
