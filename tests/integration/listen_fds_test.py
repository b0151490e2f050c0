# SPDX-License-Identifier: Apache-2.0
"""pass: listen_fds hands the listener over as descriptor 3, to one server for many connections."""

from porterd_harness import Case, ask, main, victim


class ListenFds(Case):
    def service(self, extra):
        return f"""
            service: greeter
            listen: ["127.0.0.1:7001"]
            wait: yes
            {extra}
            server: {victim("listen_fds")}
            server_args: ["300"]
            """

    def serve_two_then_one(self, extra, descriptor):
        daemon = self.start(self.service(extra))
        answers = [ask(7001).decode().split() for _ in range(2)]
        self.assertEqual([answer[1] for answer in answers], [f"fd={descriptor}"] * 2)
        self.assertEqual([answer[-1] for answer in answers], ["served=1", "served=2"])
        self.assertEqual(answers[0][0], answers[1][0], "one process served both")
        daemon.wait_for("end", service="greeter", status=0)

        later = ask(7001).decode().split()
        self.assertNotEqual(later[0], answers[0][0])
        self.assertEqual(later[-1], "served=1")
        daemon.wait_for("end", count=2, service="greeter", status=0)
        self.assertEqual(len(daemon.records("start", service="greeter")), 2)

    def test_the_listener_is_descriptor_3_of_a_server_that_knows_the_protocol(self):
        self.serve_two_then_one("pass: listen_fds", 3)

    def test_the_listener_is_descriptor_0_otherwise(self):
        self.serve_two_then_one("", 0)


if __name__ == "__main__":
    main()
