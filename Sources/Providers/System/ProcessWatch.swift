internal import CSystem

/// Tells when another process is gone.
package struct ProcessWatch: Sendable {
  private let process: Int32
  /// Readable when the process is gone; `nil` where the system has no such thing, and ``isGone`` is to be asked.
  package let descriptor: Descriptor?

  /// Watches that process; `nil` when there is none of that number, as with one of another machine or namespace.
  package init?(process: Int) {
    guard process > 0, let process = Int32(exactly: process) else { return nil }
    self.process = process
    let found = csystem_process_watch(process)
    descriptor = found >= 0 ? Descriptor(found) : nil
    guard isGone else { return }
    descriptor?.close()
    return nil
  }

  /// Whether the process is gone.
  package var isGone: Bool {
    guard let descriptor else { return csystem_process_is_gone(process) }
    return !Descriptor.poll([Descriptor.Watch(descriptor, for: .readable)], milliseconds: 0)[0].isEmpty
  }
}
