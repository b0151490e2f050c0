# SPDX-License-Identifier: Apache-2.0
#
# Completion of porterd(8) for fish.

function __porterd_attributes
    porterd --explain 2>/dev/null | string replace -rf '^([a-z0-9_]+): (.*)' '$1\t$2'
end

complete -c porterd -f
complete -c porterd -l config -rF -d 'Configuration to serve'
complete -c porterd -l xinetd -rF -d 'Also serve what this xinetd.conf says'
complete -c porterd -l inetd -rF -d 'Also serve what this inetd.conf says'
complete -c porterd -l dialect -x -a 'any bsd freebsd netbsd openbsd gnu' -d 'Whose inetd.conf it is'
complete -c porterd -l socket-activate -d 'Take the command line of systemd-socket-activate'
complete -c porterd -l demo -d 'Serve an embedded example'
complete -c porterd -l daemonize -d 'Leave the terminal once everything is bound'
complete -c porterd -l pid-file -rF -d 'Write the pid there'
complete -c porterd -l strict -d 'Any error in the configuration is fatal'
complete -c porterd -l check -d 'Read the configuration and say what is wrong with it'
complete -c porterd -l dump -a 'yaml json' -d 'Print the configuration in force'
complete -c porterd -l schema -d 'Print the JSON Schema of the configuration'
complete -c porterd -l explain -a '(__porterd_attributes)' -d 'Print what the manual says of an attribute'
complete -c porterd -l version -d 'Print the version'
complete -c porterd -l help -d 'Print a summary of the options'
complete -c porterd -n '__fish_contains_opt explain' -a '(__porterd_attributes)'
