# SPDX-License-Identifier: Apache-2.0
"""A service has its connection on 0 and 1, porterd's log on 2, and no other descriptor."""

from porterd_harness import Case, ask, main, shown, victim


class Stdio(Case):
    def test_a_server_that_only_speaks_is_heard(self):
        daemon = self.start(f"""
            service: hello
            listen: [7001]
            server: {victim("hello")}
            server_args: [wide, world]
            """)
        self.assertEqual(ask(7001), b"hello wide world\n")
        daemon.wait_for("end", service="hello", status=0)
        self.assertEqual(ask(7001, host="::1"), b"hello wide world\n")

    def test_exactly_three_descriptors_are_open(self):
        self.start(f"""
            service: show
            listen: [7001]
            server: {victim("show")}
            """)
        seen = shown(ask(7001))
        descriptors = {name: target for name, target in seen.items() if name.startswith("fd.")}
        self.assertEqual(set(descriptors), {"fd.0", "fd.1", "fd.2"})
        self.assertEqual(descriptors["fd.0"], descriptors["fd.1"])
        self.assertNotEqual(descriptors["fd.0"], descriptors["fd.2"])


if __name__ == "__main__":
    main()
