# SPDX-License-Identifier: Apache-2.0
"""in.fingerd answers finger(1) on its own port, and was not running before."""

from porterd_harness import Case, add_account, main, need, run


class Fingerd(Case):
    def test_finger_tells_about_an_account(self):
        add_account(self, "porter", self.folder)
        self.write(".plan", "to open doors\n")
        daemon = self.start(f"""
            service: finger
            listen: [79]
            user: nobody
            server: {need("in.fingerd")}
            """)
        self.assertEqual(daemon.children(), set())

        answer = run(need("finger"), "porter@127.0.0.1")
        self.assertIn("Porter Test", answer)
        self.assertIn("to open doors", answer)
        end = daemon.wait_for("end", service="finger")
        self.assertEqual(end["status"], "0")

    def test_it_answers_over_ipv6_too(self):
        add_account(self, "porter", self.folder)
        self.start(f"""
            service: finger
            listen: ["[::1]:79"]
            user: nobody
            server: {need("in.fingerd")}
            """)
        self.assertIn("Porter Test", run(need("finger"), "porter@::1"))


if __name__ == "__main__":
    main()
