# SPDX-License-Identifier: Apache-2.0
"""git daemon --inetd, running as nobody, lets a repository be cloned."""

import os

from porterd_harness import Case, main, need, run


class GitDaemon(Case):
    def git(self, *words):
        settings = {"HOME": self.folder, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "p", "GIT_AUTHOR_EMAIL": "p@p",
                    "GIT_COMMITTER_NAME": "p", "GIT_COMMITTER_EMAIL": "p@p"}
        return run(need("git"), *words, env=settings)

    def make_repository(self):
        work = self.folder / "work"
        self.git("init", "-q", str(work))
        self.write("work/file", "kept in git\n")
        self.git("-C", str(work), "add", "file")
        self.git("-C", str(work), "commit", "-q", "-m", "one")
        self.git("clone", "-q", "--bare", str(work), f"{self.folder}/served/project.git")
        for folder, _, files in os.walk(self.folder / "served"):
            for path in [folder, *(os.path.join(folder, file) for file in files)]:
                os.chown(path, 65534, 65534)  # git serves only what belongs to the one who serves

    def test_a_repository_is_cloned(self):
        self.make_repository()
        daemon = self.start(f"""
            service: git
            listen: [9418]
            user: nobody
            server: {need("git")}
            server_args: [daemon, --inetd, --export-all, "--base-path={self.folder}/served"]
            """)

        self.git("clone", "-q", "git://127.0.0.1/project.git", f"{self.folder}/copy")
        self.assertEqual((self.folder / "copy" / "file").read_text(), "kept in git\n")
        daemon.wait_for("end", service="git", status=0)


if __name__ == "__main__":
    main()
