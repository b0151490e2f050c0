# SPDX-License-Identifier: Apache-2.0
"""With -DPORTERD_HTML=ON the manual pages are installed as HTML too, each of them, and they refer to one another."""

import os
import pathlib
import re
import tempfile
import unittest

from installed import PREFIX, SOURCE, main, need, run

PAGES = sorted(path.name for path in (SOURCE / "man").glob("*.[1-8]"))


class Html(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need("mandoc")
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="porterd-html-")))
        run(os.environ["CMAKE"], "-S", SOURCE, "-B", folder / "build", "-G", "Ninja", "-DPORTERD_HTML=ON",
            "-DBUILD_TESTING=OFF", f"-DCMAKE_INSTALL_PREFIX={PREFIX}")
        run(os.environ["CMAKE"], "--build", folder / "build", "--target", "porterd_html")
        run(os.environ["CMAKE"], "--install", folder / "build", "--component", "html",
            env={"DESTDIR": str(folder / "root")})
        cls.html = folder / "root" / PREFIX.lstrip("/") / "share/doc/porterd/html"

    def test_every_page_is_there(self):
        self.assertEqual(sorted(path.name for path in self.html.iterdir()), [f"{name}.html" for name in PAGES])
        for path in self.html.iterdir():
            self.assertIn(f"<title>{path.stem.rpartition('.')[0].upper()}(", path.read_text())

    def test_references_to_one_another_lead_somewhere(self):
        for path in self.html.iterdir():
            targets = set(re.findall(r'href="([^"#:/]+)"', path.read_text()))
            self.assertTrue(targets, path.name)
            for target in targets:
                self.assertTrue((self.html / target).stat().st_size, f"{path.name}: {target}")

    def test_other_packages_pages_are_on_the_network(self):
        text = (self.html / "porterd.8.html").read_text()
        targets = re.findall(r'href="https://manpages.debian.org/([^"]+)"', text)
        self.assertIn("systemd.socket.5", targets)
        self.assertFalse([name for name in targets if name in PAGES])


if __name__ == "__main__":
    main()
