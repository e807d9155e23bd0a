package import OperatingSystem
package import Protocol

/// An editor that knows what is wrong in files.
package protocol EditorDiagnostics: Sendable {
  /// Whether it tells.
  var tellsDiagnostics: Bool { get }
  /// What is wrong in files that were just changed; cancelling the task takes the question back.
  ///
  /// - Throws: A ``Failure`` when it does not say.
  func diagnostics(_ request: DiagnosticsRequest) async throws(Failure) -> DiagnosticsRequest.Response
}

/// Asks the editor what is wrong in files that a tool has changed, in the model's words.
package struct DiagnosticsDesk: Sendable {
  private let editor: any EditorDiagnostics
  private let time: TimeSource

  /// A desk that asks that editor.
  package init(_ editor: any EditorDiagnostics, time: TimeSource) {
    self.editor = editor
    self.time = time
  }

  /// What the editor says of files at these absolute paths; `nil` where it says nothing in time, or is not asked.
  func words(of paths: [String], call: String, of run: RunName) async -> String? {
    guard editor.tellsDiagnostics, !paths.isEmpty else { return nil }
    let request = DiagnosticsRequest(
      sessionId: run.sessionId, runId: run.runId, toolCallId: call, paths: paths,
      expiresAt: time.now() + ToolLimits.diagnosticsMs)
    let answer = await time.limited(to: ToolLimits.diagnosticsMs) { [editor] in try? await editor.diagnostics(request) }
    guard let found = answer ?? nil else { return nil }
    let known = found.diagnostics.filter { paths.contains($0.path) }
    guard !known.isEmpty else { return "[the editor sees nothing wrong in what was changed]" }
    let ranked = known.sorted { $0.rank < $1.rank }
    let lines = ranked.prefix(ToolLimits.diagnosticsMax).map(\.shown)
    let more = known.count > lines.count ? ["(\(known.count - lines.count) more)"] : []
    return (["[the editor sees this in what was changed:"] + lines + more).joined(separator: "\n") + "]"
  }
}

extension DiagnosticsRequest.Diagnostic {
  /// Its place among others: what is worse comes first.
  fileprivate var rank: Int { ["error", "warning", "information", "hint"].firstIndex(of: severity ?? "error") ?? 0 }

  /// It in a line, as compilers write it.
  fileprivate var shown: String {
    let place = [path, String(line)] + (column.map { [String($0)] } ?? [])
    let text = "\(place.joined(separator: ":")): \(severity ?? "error"): \(message)" + (source.map { " [\($0)]" } ?? "")
    return VisibleText.line(text, most: ToolLimits.diagnosticLengthMax)
  }
}
