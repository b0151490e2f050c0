# SPDX-License-Identifier: Apache-2.0
"""A service gets its connection on 0 and 1, whatever it then does with it."""

from porterd_harness import Case, ask, main, tcp, udp, victim


class Victims(Case):
    def serve(self, name, *args, more=""):
        words = ", ".join(f'"{word}"' for word in args)
        return f"""
            service: {name}
            listen: ["127.0.0.1:7001"]
            server: {victim(name)}
            server_args: [{words}]
            {more}
            """

    def test_a_server_that_only_speaks_is_heard(self):
        daemon = self.start(self.serve("hello", "wide", "world"))
        self.assertEqual(ask(7001), b"hello wide world\n")
        daemon.wait_for("end", service="hello", exit=0)


if __name__ == "__main__":
    main()
