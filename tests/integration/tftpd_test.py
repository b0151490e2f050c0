# SPDX-License-Identifier: Apache-2.0
"""in.tftpd gets the datagram socket itself (wait: yes), serves several clients, leaves when idle, and comes again."""

from porterd_harness import Case, main, need, run, veth


class Tftpd(Case):
    def fetch(self, name):
        target = self.folder / "fetched"
        run(need("tftp"), "-4", "192.0.2.1", "69", "-c", "get", "greeting", str(target))
        text = target.read_text()
        target.unlink()
        return text

    def test_files_are_fetched_from_one_server_and_later_from_the_next(self):
        veth("lan0", "192.0.2.1/24")  # the client takes only addresses of families that some interface but lo has
        self.write("root/greeting", "hello over tftp\n")
        daemon = self.start(f"""
            service: tftp
            listen: [69]
            socket_type: dgram
            wait: yes
            server: {need("in.tftpd")}
            server_args: ["-t", "1", "-s", "{self.folder}/root"]
            """)

        for _ in range(2):
            self.assertEqual(self.fetch("greeting"), "hello over tftp\n")
        self.assertEqual(len(daemon.records("start", service="tftp")), 1)
        daemon.wait_for("end", service="tftp")
        self.assertEqual(self.fetch("greeting"), "hello over tftp\n")
        daemon.wait_for("start", count=2, service="tftp")


if __name__ == "__main__":
    main()
