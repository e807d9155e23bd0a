package import OperatingSystem
internal import Synchronization

/// Asks an editor about files, for all sessions: within a limit, and not at all any more when it keeps silent.
package final class EditorDesk: Sendable {
  private let editor: any EditorFiles
  private let time: TimeSource
  /// How many questions in a row it has left unanswered.
  private let unanswered = Mutex(0)

  /// A desk that asks that editor.
  package init(_ editor: any EditorFiles, time: TimeSource) {
    self.editor = editor
    self.time = time
  }

  /// What the editor said.
  enum Answer<Value: Sendable>: Sendable {
    case given(Value)
    case refused(String)
    /// Nothing, in its time.
    case silent
  }

  /// What the editor offers to a session.
  func offer(to sessionId: String) -> EditorOffer {
    unanswered.withLock { $0 } < ToolLimits.editorSilencesMax ? editor.offer(to: sessionId) : .nothing
  }

  /// Asks what a file holds, on a thread that may be held up.
  ///
  /// - Throws: ``ToolError/cancelled``.
  func text(of path: String, for sessionId: String, _ cancellation: Cancellation) throws(ToolError) -> Answer<String> {
    try ask(ToolLimits.editorAnswerMs, cancellation) { [editor] () throws(EditorRefusal) in
      try await editor.text(of: path, for: sessionId)
    }
  }

  /// Hands a text over, on a thread that may be held up.
  ///
  /// - Throws: ``ToolError/cancelled``.
  func put(
    _ text: String, in path: String, for sessionId: String, _ cancellation: Cancellation
  ) throws(ToolError) -> Answer<Void> {
    try ask(ToolLimits.editorWorkMs, cancellation) { [editor] () throws(EditorRefusal) in
      try await editor.put(text, in: path, for: sessionId)
    }
  }

  private func ask<Value: Sendable>(
    _ milliseconds: Int, _ cancellation: Cancellation,
    _ question: @escaping @Sendable () async throws(EditorRefusal) -> Value
  ) throws(ToolError) -> Answer<Value> {
    let answer = cancellation.wait { [time] in
      await time.limited(to: milliseconds) { () async -> Answer<Value> in
        do throws(EditorRefusal) { return .given(try await question()) } catch { return .refused(error.message) }
      } ?? .silent
    }
    try cancellation.check()
    guard let answer else { throw ToolError(.exhausted, "The process has no descriptor left; try again later.") }
    unanswered.withLock { if case .silent = answer { $0 += 1 } else { $0 = 0 } }
    return answer
  }
}

/// An editor's files as the tools of one session see them.
package struct SessionEditor: Sendable {
  private let desk: EditorDesk
  private let sessionId: String
  /// The session's folder as the client names it, which may lead through links.
  private let folder: String

  /// The files in a session's folder.
  package init(_ desk: EditorDesk, sessionId: String, folder: String) {
    self.desk = desk
    self.sessionId = sessionId
    self.folder = folder
  }

  /// What the editor offers now.
  var offer: EditorOffer { desk.offer(to: sessionId) }

  /// How the editor calls a place; `nil` for what is none of its business, or has no name in UTF-8.
  func name(of path: WorkspacePath) -> String? {
    guard path.isInside, !path.isRoot else { return nil }
    let names = path.names[path.rootCount...]
    guard names.allSatisfy({ Array($0.text.utf8) == $0.bytes }) else { return nil }
    return (folder.utf8.last == UInt8(ascii: "/") ? folder : folder + "/") + names.map(\.text).joined(separator: "/")
  }

  /// What the editor says that a file holds.
  func text(of name: String, _ cancellation: Cancellation) throws(ToolError) -> EditorDesk.Answer<String> {
    try desk.text(of: name, for: sessionId, cancellation)
  }

  /// Has the editor take a text for a file's.
  func put(_ text: String, in name: String, _ cancellation: Cancellation) throws(ToolError) -> EditorDesk.Answer<Void> {
    try desk.put(text, in: name, for: sessionId, cancellation)
  }
}
