# PORTERD_STATIC: archives in the place of shared libraries. Debian has none of fmt, whose headers hold all of it too.
set(PORTERD_FMT fmt::fmt-header-only)
set(CMAKE_FIND_LIBRARY_SUFFIXES .a)
find_library(PORTERD_YAML_CPP yaml-cpp REQUIRED)
get_target_property(configurations yaml-cpp IMPORTED_CONFIGURATIONS)
foreach(configuration ${configurations})
  set_target_properties(yaml-cpp PROPERTIES IMPORTED_LOCATION_${configuration} ${PORTERD_YAML_CPP})
endforeach()
