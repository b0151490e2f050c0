// SPDX-License-Identifier: Apache-2.0
//
// The life of a porterd-worker: open what needs a file, shut in, serve until porterd says that nothing more will come.
#pragma once

#include "worker/server.h"

namespace porterd::worker {

/// All of main(). The channel is descriptor 0. Returns the exit status: 0 when all was served, 3 when porterd sent
/// nonsense, 1 when there is no memory to begin with.
[[nodiscard]] int run_worker(BuiltinFinder finder);

}  // namespace porterd::worker
