#ifndef CSYSTEM_ALLOCATOR_H
#define CSYSTEM_ALLOCATOR_H

// What the allocator keeps of memory that was freed.

/// Has large blocks stand alone from now on, so that they go back to the system when they are freed: glibc would raise that
/// border to the largest block ever freed, and keep what is below it, mallopt(3).
void csystem_memory_prepare(void);

/// Gives back what is free, malloc_trim(3); does nothing where the allocator does so by itself.
void csystem_memory_release(void);

#endif
