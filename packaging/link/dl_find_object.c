/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * _dl_find_object for C libraries that have none (before glibc 2.35): the static unwinder of newer compilers asks for it,
 * and nothing else in the program asks for anything newer than glibc 2.34. scripts/build-dist links it; decision 16.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>

#ifdef DLFO_EH_SEGMENT_TYPE

struct search {
    uintptr_t address;
    struct dl_find_object *found;
};

/* Ends the search with 1 when this object holds the address, and with -1 when it does but cannot be unwound. */
static int look_into(struct dl_phdr_info *object, size_t size, void *data)
{
    struct search *search = data;
    uintptr_t start = UINTPTR_MAX, end = 0, unwind = 0;
    int holds = 0;
    (void)size;
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        uintptr_t from = object->dlpi_addr + segment->p_vaddr, to = from + segment->p_memsz;
        if (segment->p_type == DLFO_EH_SEGMENT_TYPE)
            unwind = from;
        if (segment->p_type != PT_LOAD)
            continue;
        holds |= search->address >= from && search->address < to;
        start = from < start ? from : start;
        end = to > end ? to : end;
    }
    if (!holds)
        return 0;
    if (!unwind)
        return -1;
    *search->found = (struct dl_find_object){
        .dlfo_map_start = (void *)start,
        .dlfo_map_end = (void *)end,
        .dlfo_eh_frame = (void *)unwind,
    };
    return 1;
}

int _dl_find_object(void *address, struct dl_find_object *found)
{
    struct search search = { (uintptr_t)address, found };
    return dl_iterate_phdr(look_into, &search) == 1 ? 0 : -1;
}

#endif
