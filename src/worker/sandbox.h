// SPDX-License-Identifier: Apache-2.0
//
// What the worker gives up before it sees the first byte of a client: privileges, files, and every system call that its
// work does not need. What the machine does not let it give up is said, and the rest is given up all the same.
//
//   user            it is not root
//   no_new_privs    no program can give it more than it has (PR_SET_NO_NEW_PRIVS)
//   capabilities    it has none
//   landlock        no path can be opened, made or removed, landlock(7)
//   seccomp         what is not on the list of calls ends it, seccomp(2)
//
// Besides, nobody of the same user can look into it (PR_SET_DUMPABLE), and it can make neither processes nor files.
#pragma once

#include <cstdint>

namespace porterd::worker {

/// Before anything is read that a client sent, and after all that needs a file is open. For good. Returns what is
/// missing, as bits of SandboxPart.
[[nodiscard]] std::uint32_t shut_in();

}  // namespace porterd::worker
