# Optimising by what really runs: `generate` builds a program that counts, `use` builds one by those counts. They must share a build
# folder, because the counts are kept under the names of its object files. scripts/build_profiled.sh does both.
set(TIERWAY_PROFILE "" CACHE STRING "generate: count what runs; use: optimise by the counts; empty: neither")
set(profile_folder "${CMAKE_BINARY_DIR}/profile")

if(TIERWAY_PROFILE STREQUAL "generate")
    set(profile_options -fprofile-generate -fprofile-update=prefer-atomic "-fprofile-dir=${profile_folder}")
elseif(TIERWAY_PROFILE STREQUAL "use")
    # What the load never reached is optimised as without counts, and not for size.
    set(profile_options -fprofile-use "-fprofile-dir=${profile_folder}" -fprofile-partial-training -Wno-missing-profile)
elseif(NOT TIERWAY_PROFILE STREQUAL "")
    message(FATAL_ERROR "TIERWAY_PROFILE must be generate, use or empty, not ${TIERWAY_PROFILE}")
endif()
add_compile_options(${profile_options})
add_link_options(${profile_options})
