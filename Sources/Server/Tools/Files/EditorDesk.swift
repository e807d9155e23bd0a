package import OperatingSystem
internal import Synchronization

/// Asks an editor about files, for all sessions: within a limit, and not at all for a while when it keeps silent.
package final class EditorDesk: Sendable {
  private let editor: any EditorFiles
  private let time: TimeSource
  private let silences = Mutex(Silences())

  /// What it has left unanswered.
  private struct Silences {
    /// How many questions in a row; those that were open at the same time are one.
    var inARow = 0
    /// How many ever.
    var count = 0
    /// When it is asked again, if there were too many.
    var restsUntil = 0
  }

  /// A desk that asks that editor.
  package init(_ editor: any EditorFiles, time: TimeSource) {
    self.editor = editor
    self.time = time
  }

  /// What the editor said.
  enum Answer<Value: Sendable>: Sendable {
    case given(Value)
    case refused(String)
    case silent(Silence)
  }

  /// How it said nothing: it may hold any text, and may have taken what it was sent.
  enum Silence: Hashable, Sendable {
    /// Its time was up.
    case late
    /// What came says nothing, and why.
    case unclear(String)
    /// It was not asked, as it left too many questions unanswered just now.
    case resting
  }

  /// What the editor offers to a session.
  func offer(to sessionId: String) -> EditorOffer { editor.offer(to: sessionId) }

  /// Asks what a file holds, on a thread that may be held up.
  ///
  /// - Throws: ``ToolError/cancelled``.
  func text(of path: String, for sessionId: String, _ cancellation: Cancellation) throws(ToolError) -> Answer<String> {
    try ask(ToolLimits.editorAnswerMs, cancellation) { [editor] () throws(EditorFailure) in
      try await editor.text(of: path, for: sessionId)
    }
  }

  /// Hands a text over, on a thread that may be held up.
  ///
  /// - Throws: ``ToolError/cancelled``.
  func put(
    _ text: String, in path: String, for sessionId: String, _ cancellation: Cancellation
  ) throws(ToolError) -> Answer<Void> {
    try ask(ToolLimits.editorWorkMs, cancellation) { [editor] () throws(EditorFailure) in
      try await editor.put(text, in: path, for: sessionId)
    }
  }

  private func ask<Value: Sendable>(
    _ milliseconds: Int, _ cancellation: Cancellation,
    _ question: @escaping @Sendable () async throws(EditorFailure) -> Value
  ) throws(ToolError) -> Answer<Value> {
    guard let before = begin() else { return .silent(.resting) }
    let answer = cancellation.wait { [time] in
      await time.limited(to: milliseconds) { () async -> Answer<Value> in
        do throws(EditorFailure) { return .given(try await question()) } catch {
          switch error {
          case .refused(let words): return .refused(words)
          case .unanswered(let reason): return .silent(.unclear(reason))
          }
        }
      } ?? .silent(.late)
    }
    try cancellation.check()
    guard let answer else { throw ToolError(.exhausted, "The process has no descriptor left; try again later.") }
    switch answer {
    case .given, .refused: silences.withLock { $0.inARow = 0 }
    case .silent(.late): noteSilence(since: before)
    // It cost nobody time.
    case .silent: break
    }
    return answer
  }

  /// How many silences there were before a question; `nil` where it is not to be asked.
  ///
  /// Where it was left alone for long enough, one question finds out for all.
  private func begin() -> Int? {
    let now = time.monotonic()
    return silences.withLock { silences in
      if silences.inARow >= ToolLimits.editorSilencesMax {
        guard now >= silences.restsUntil else { return nil }
        silences.restsUntil = now + ToolLimits.editorRestMs
      }
      return silences.count
    }
  }

  private func noteSilence(since before: Int) {
    let now = time.monotonic()
    silences.withLock { silences in
      guard silences.count == before else { return }
      silences.count += 1
      silences.inARow += 1
      silences.restsUntil = now + ToolLimits.editorRestMs
    }
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
    guard path.isWithinReach, !path.isRoot else { return nil }
    let names = path.isInside ? path.names[path.rootCount...] : path.names[...]
    guard names.allSatisfy({ Array($0.text.utf8) == $0.bytes }) else { return nil }
    guard path.isInside else { return path.absolute }
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
