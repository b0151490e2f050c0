// SPDX-License-Identifier: Apache-2.0
//
// Memory that a resident process need not keep.
#pragma once

namespace porterd::os {

/// After a load: gives freed memory back to the kernel (malloc_trim(3)), and the pages of programs and libraries that
/// were only read, of which the reading of configuration needed most and serving needs few. What is needed again comes
/// from the page cache (MADV_DONTNEED on a file's private pages, madvise(2)).
void give_memory_back();

}  // namespace porterd::os
