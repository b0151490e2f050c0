# SPDX-License-Identifier: Apache-2.0
"""cmake --install puts exactly the files of tree.txt in their places, and what it installs works from there."""

import os
import pathlib
import unittest

from installed import PREFIX, SOURCE, Installed, main, run

LIST = pathlib.Path(__file__).with_name("tree.txt")


def mode_and_name(root, path):
    name = "/" + str(path.relative_to(root))
    name = "PREFIX" + name[len(PREFIX):] if name.startswith(PREFIX + "/") else name
    return f"{path.stat().st_mode & 0o777:o} {name}"


def version():
    """Of the top level's project(): the one place."""
    text = (SOURCE / "CMakeLists.txt").read_text()
    return text.partition("\nproject(porterd VERSION ")[2].split()[0]


class Tree(Installed):
    all_inits = True

    def test_the_tree_is_the_list(self):
        lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
        wanted = [line for line in lines if not line.startswith("? ")]
        possible = {line[2:] for line in lines if line.startswith("? ")}
        found = {mode_and_name(self.root, path) for path in self.root.rglob("*") if not path.is_dir()}
        self.assertEqual(sorted(found - possible), sorted(wanted))

    def test_porterd_runs_from_there(self):
        self.assertEqual(run(self.path("PREFIX/sbin/porterd"), "--version"), f"porterd {version()}\n")

    @unittest.skipUnless(os.getuid() == 0, "the files are to be root's")
    def test_the_installed_configuration_is_good(self):
        config = self.path("/etc/porterd/porterd.yaml")
        said = run(self.path("PREFIX/sbin/porterd"), "--check", "--config", config)
        self.assertEqual(said, f"{config}: 0 services\n")

    def test_manual_pages_have_the_version(self):
        for page in self.path("PREFIX/share/man").rglob("*.[1-8]"):
            self.assertIn(f'\n.Os "porterd {version()}"\n', page.read_text(), page.name)

    def test_a_configuration_that_was_written_stays(self):
        config = self.path("/etc/porterd/porterd.yaml")
        config.write_text("log_level: debug\n")
        self.install()
        self.assertEqual(config.read_text(), "log_level: debug\n")
        config.unlink()
        self.install()


if __name__ == "__main__":
    main()
