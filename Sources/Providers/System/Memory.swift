internal import CSystem

/// What the process holds of memory that it no longer uses.
package enum Memory {
  /// Has large blocks go back to the system as soon as they are free; to be said once, at the start.
  package static func prepare() { csystem_memory_prepare() }

  /// Gives back what is free.
  ///
  /// It walks all of the heap: worth it after much was freed, and on a thread that may be held up.
  package static func release() { csystem_memory_release() }
}
