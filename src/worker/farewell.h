// SPDX-License-Identifier: Apache-2.0
//
// Says a text to a client and ends, without a reset for what the client had sent: for answers of TCPMUX, and without a
// text for the end of what TextSender has said.
#pragma once

#include <memory>
#include <string>

#include "worker/builtin.h"

namespace porterd::worker {

/// For StreamSession.
[[nodiscard]] std::unique_ptr<StreamBuiltin> make_farewell(std::string text);

}  // namespace porterd::worker
