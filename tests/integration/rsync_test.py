# SPDX-License-Identifier: Apache-2.0
"""rsync --daemon, started for each connection, sends a tree of files."""

from porterd_harness import Case, main, need, run


class Rsync(Case):
    def test_a_tree_is_copied(self):
        contents = {f"{folder}/{number}": f"{folder} {number}\n" * number for folder in "ab" for number in (0, 1, 9999)}
        for name, text in contents.items():
            self.write(f"tree/{name}", text)
        config = self.write("rsyncd.conf", f"""
            use chroot = no
            log file = /dev/null
            [tree]
            path = {self.folder}/tree
            """)
        daemon = self.start(f"""
            service: rsync
            listen: [873]
            user: nobody
            server: {need("rsync")}
            server_args: ["--daemon", "--config={config}"]
            """)

        run(need("rsync"), "-r", "rsync://127.0.0.1/tree/", f"{self.folder}/copy/")
        for name, text in contents.items():
            self.assertEqual((self.folder / "copy" / name).read_text(), text)
        daemon.wait_for("end", service="rsync", status=0)


if __name__ == "__main__":
    main()
