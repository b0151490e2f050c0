# SPDX-License-Identifier: Apache-2.0
"""A validator that is not porterd's (Python's jsonschema) finds the schema valid, the shipped files valid by it, and
mistakes in them; each shipped file names the schema that is installed, for editors."""

import json
import unittest

from installed import PORTERD, SOURCE, main, run

try:
    import jsonschema
    import yaml
except ImportError:
    import os

    if os.environ.get("CI"):
        raise
    jsonschema = None

FILES = sorted((SOURCE / "conf.d").glob("*.yaml*"))
LINE = "# yaml-language-server: $schema=/usr/share/porterd/porterd.schema.json\n"
MISTAKES = [
    ("instances: 20", "instances: many"),
    ("listen: 79", "listen: {prot: 79}"),
    ("user: nobody", "usr: nobody"),
    ("disable: yes", "disable: perhaps"),
]


class Words(yaml.SafeLoader if jsonschema else object):
    """YAML 1.2's booleans, and porterd's yes and no, are words to the schema."""


if jsonschema:
    Words.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in rows if tag != "tag:yaml.org,2002:bool"]
        for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}


@unittest.skipUnless(jsonschema, "python3-jsonschema and python3-yaml are not installed")
class Schema(unittest.TestCase):
    def setUp(self):
        schema = json.loads(run(PORTERD, "--schema"))
        jsonschema.Draft7Validator.check_schema(schema)
        self.validator = jsonschema.Draft7Validator(schema)

    def errors(self, text, loader=None):
        loader = loader or yaml.SafeLoader
        return [f"{list(error.path)}: {error.message}" for document in yaml.load_all(text, Loader=loader)
                for error in self.validator.iter_errors(document)]

    def test_every_shipped_file_is_valid(self):
        self.assertGreater(len(FILES), 8)
        for path in FILES:
            for loader in (yaml.SafeLoader, Words):  # YAML 1.1, and 1.2 as editors have it
                self.assertEqual(self.errors(path.read_text(), loader), [], path.name)

    def test_mistakes_are_found(self):
        good = (SOURCE / "conf.d" / "finger.yaml").read_text()
        for right, wrong in MISTAKES:
            self.assertIn(right, good)
            self.assertNotEqual(self.errors(good.replace(right, wrong)), [], wrong)

    def test_every_shipped_file_names_the_schema(self):
        for path in FILES:
            lines = path.read_text().splitlines(keepends=True)
            self.assertEqual(lines[1], LINE, path.name)


if __name__ == "__main__":
    main()
