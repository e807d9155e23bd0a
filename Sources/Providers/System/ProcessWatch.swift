internal import CSystem

/// Tells when another process is gone.
package struct ProcessWatch: Sendable {
  private let process: Int32
  /// Readable when the process is gone; `nil` where the system has no such thing, and ``isGone`` is to be asked.
  package let descriptor: Descriptor?

  /// Watches that process.
  package init(process: Int) {
    self.process = Int32(clamping: process)
    let found = csystem_process_watch(self.process)
    descriptor = found >= 0 ? Descriptor(found) : nil
  }

  /// Whether the process is gone.
  package var isGone: Bool { csystem_process_is_gone(process) }
}
