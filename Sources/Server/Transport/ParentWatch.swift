internal import CPlatform

/// Tells when another process is gone.
package struct ParentWatch {
  private let process: Int32
  /// Readable when the process is gone; -1 where the system has no such thing, and ``isGone`` is to be asked.
  package let descriptor: Int32

  /// Watches that process.
  package init(process: Int) {
    self.process = Int32(clamping: process)
    descriptor = cplatform_parent_watch(self.process)
  }

  /// Whether the process is gone.
  package var isGone: Bool { kill(process, 0) != 0 && cplatform_errno() == ESRCH }
}
