# SPDX-License-Identifier: BSD-2-Clause
# Programs for the kernel's BPF machine, as headers for C++.
find_program(BPF_CLANG NAMES clang-19 clang REQUIRED)
find_program(BPFTOOL bpftool PATHS /usr/sbin /sbin REQUIRED)
find_library(BPF_LIBRARY bpf REQUIRED)

# bpf_skeleton(TARGET SOURCE…): a library of headers only, NAME.skel.h for each NAME.bpf.c. They
# need no kernel's headers: CO-RE finds the fields of the running kernel's types by their names.
function(bpf_skeleton target)
  set(headers)
  foreach(source ${ARGN})
    get_filename_component(name ${source} NAME)
    string(REPLACE ".bpf.c" "" name ${name})
    set(raw ${CMAKE_CURRENT_BINARY_DIR}/${name}.raw.o)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
    set(header ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
    # The kernel's interface is the installed one: its headers lie in a folder of this machine's
    # architecture, which clang does not look into for another target.
    add_custom_command(OUTPUT ${header}
      COMMAND ${BPF_CLANG} -target bpf -g -O2 -mcpu=v3 -Wall -Wextra -Werror
        -Wno-unused-parameter -Wno-missing-declarations
        -idirafter /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} -MD -MF ${raw}.d -MT ${header}
        -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${raw}
      COMMAND ${BPFTOOL} gen object ${object} ${raw}
      COMMAND ${CMAKE_COMMAND} -E echo "/* NOLINTBEGIN: the generator's */" > ${header}
      COMMAND ${BPFTOOL} gen skeleton ${object} name ${name}_bpf >> ${header}
      COMMAND ${CMAKE_COMMAND} -E echo "/* NOLINTEND */" >> ${header}
      DEPENDS ${source} DEPFILE ${raw}.d VERBATIM
      COMMENT "BPF programs of ${source}")
    list(APPEND headers ${header})
  endforeach()
  add_custom_target(${target}_headers DEPENDS ${headers})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_headers)
  target_include_directories(${target} SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
  target_link_libraries(${target} INTERFACE ${BPF_LIBRARY})
endfunction()
