internal import Foundation

/// What becomes of processes of which a test knows the numbers.
package enum ProcessState {
  /// Whether a process has ended: one may stay as a corpse until its parent, or init, buries it.
  package static func isGone(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 else { return true }
    let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat")
    return stat.map { String(decoding: $0, as: UTF8.self).split(separator: ")").last?.hasPrefix(" Z") == true } ?? true
  }
}
