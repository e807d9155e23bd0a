internal import OperatingSystem
internal import Protocol
internal import Synchronization

/// Shows how far a call has come, at a bounded rate: the last sign counts, those between may be lost.
final class MCPShownProgress: Sendable {
  private let time: TimeSource
  private let report: @Sendable (ToolProgress) -> Void
  private let lastMs = Mutex<Int?>(nil)

  init(time: TimeSource, report: @escaping @Sendable (ToolProgress) -> Void) {
    self.time = time
    self.report = report
  }

  /// Takes a sign.
  func take(_ progress: MCPProgress) {
    let now = time.monotonic()
    lastMs.withLock { last in
      if let last, now - last < MCPClientLimits.progressMs { return }
      last = now
      report(.output(Self.line(progress)))
    }
  }

  private static func line(_ progress: MCPProgress) -> String {
    let share = progress.total.map { " of \(text($0))" } ?? ""
    let number = "\(text(progress.progress))\(share)"
    guard let message = progress.message, !BlankText.isBlank(message) else { return number + "\n" }
    let words = UTF8Cut.beginning(of: VisibleText.line(message, most: .max), bytesMax: MCPClientLimits.progressBytesMax)
    return progress.total == nil ? "\(words)\n" : "\(words) (\(number))\n"
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map(String.init) ?? String(number)
  }
}
