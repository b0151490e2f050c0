// SPDX-License-Identifier: Apache-2.0
#include "os/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace porterd::os {
namespace {

/// Only what was never written: a page that was relocated or patched differs from the file.
int give_object_back(dl_phdr_info* object, std::size_t /*size*/, void* /*data*/) noexcept {
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (const auto& part : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const std::uintptr_t begin = (object->dlpi_addr + part.p_vaddr) / page * page;
    const std::uintptr_t end = object->dlpi_addr + part.p_vaddr + part.p_memsz;
    ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // the vDSO's cannot be: no loss
  }
  return 0;
}

}  // namespace

void give_memory_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
  ::dl_iterate_phdr(&give_object_back, nullptr);
}

}  // namespace porterd::os
