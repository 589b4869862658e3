# `cmake --install` puts the program, its documents and examples, its manual page and completions under a prefix. The component
# `service` is what only a system has, the systemd unit and /etc/tierway; the Debian package (`cpack -G DEB`) has both.
include(GNUInstallDirs)
set(TIERWAY_SHARE "${CMAKE_INSTALL_DATADIR}/tierway")

# What the program says of itself, written by itself.
set(spoken "${CMAKE_BINARY_DIR}/spoken")
file(MAKE_DIRECTORY "${spoken}")
add_custom_command(
    OUTPUT "${spoken}/tierway.1.gz" "${spoken}/tierway.bash" "${spoken}/_tierway" "${spoken}/tierway.fish"
    COMMAND tierway manual > tierway.1
    COMMAND gzip -9nf tierway.1
    COMMAND tierway completion bash > tierway.bash
    COMMAND tierway completion zsh > _tierway
    COMMAND tierway completion fish > tierway.fish
    DEPENDS tierway
    WORKING_DIRECTORY "${spoken}"
    COMMENT "Writing the manual page and the completions"
    VERBATIM)
add_custom_target(tierway_spoken ALL
    DEPENDS "${spoken}/tierway.1.gz" "${spoken}/tierway.bash" "${spoken}/_tierway" "${spoken}/tierway.fish")

install(TARGETS tierway RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(FILES config/minimal.yaml config/example.yaml config/classifier.twm config/prices.json DESTINATION "${TIERWAY_SHARE}")
install(FILES README.md DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" FILES_MATCHING PATTERN "*.md")
install(FILES deploy/debian/copyright DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES "${spoken}/tierway.1.gz" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES "${spoken}/tierway.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME tierway)
install(FILES "${spoken}/_tierway" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions")
install(FILES "${spoken}/tierway.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")

# The unit names the program by its full path, which is known only now.
install(CODE "
    file(READ \"${CMAKE_SOURCE_DIR}/deploy/systemd/tierway.service\" unit)
    string(REPLACE \"/usr/\" \"\${CMAKE_INSTALL_PREFIX}/\" unit \"\${unit}\")
    file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/tierway.service\" \"\${unit}\")"
    COMPONENT service EXCLUDE_FROM_ALL)
install(FILES deploy/systemd/environment DESTINATION /etc/tierway
    PERMISSIONS OWNER_READ OWNER_WRITE COMPONENT service EXCLUDE_FROM_ALL)
add_custom_command(
    OUTPUT "${spoken}/changelog.gz"
    COMMAND gzip -9nc "${CMAKE_SOURCE_DIR}/deploy/debian/changelog" > changelog.gz
    DEPENDS deploy/debian/changelog
    WORKING_DIRECTORY "${spoken}"
    VERBATIM)
add_custom_target(tierway_changelog ALL DEPENDS "${spoken}/changelog.gz")
install(FILES "${spoken}/changelog.gz" DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT service EXCLUDE_FROM_ALL)
install(FILES deploy/debian/lintian-overrides DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides" RENAME tierway
    COMPONENT service EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tierway)
set(CPACK_PACKAGE_CONTACT "The Tierway authors <maintainers@tierway.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gateway that sends LLM requests to the cheapest model that answers well")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "Tierway stands between applications and the APIs of language models. It
classifies each request, binds its class to a tier of models by a policy in
YAML, asks a higher tier only when the cheap answer's confidence is low and
the policy approves, says which model answered, and counts every cent.

This package has the gateway, its systemd unit and its documentation. The
service is not started before it is configured and enabled.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_BINARY_DIR};tierway;ALL;/" "${CMAKE_BINARY_DIR};tierway;service;/")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, tzdata")
set(debian "${CMAKE_SOURCE_DIR}/deploy/debian")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${debian}/conffiles" "${debian}/postinst" "${debian}/prerm" "${debian}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
