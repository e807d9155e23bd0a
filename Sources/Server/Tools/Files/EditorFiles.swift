/// An editor that has files open, and may hold text of theirs that is not saved.
package protocol EditorFiles: Sendable {
  /// What it offers to a session.
  func offer(to sessionId: String) -> EditorOffer
  /// A file's text as the editor has it; cancelling the task takes the question back.
  ///
  /// - Throws: An ``EditorFailure`` when it has none, or does not say.
  func text(of path: String, for sessionId: String) async throws(EditorFailure) -> String
  /// Has the editor take a text for a file's, in place of what it holds; whether it saves it is its own affair.
  ///
  /// - Throws: An ``EditorFailure`` when it does not, or does not say.
  func put(_ text: String, in path: String, for sessionId: String) async throws(EditorFailure)
}

/// What an editor offers to do with files.
package struct EditorOffer: Hashable, Sendable {
  /// Whether it says what files hold.
  package var reads: Bool
  /// Whether it takes texts for files.
  package var writes: Bool

  /// An offer.
  package init(reads: Bool, writes: Bool) { (self.reads, self.writes) = (reads, writes) }

  /// What one offers that does neither.
  package static let nothing = EditorOffer(reads: false, writes: false)
}

/// Why an editor does not do something with a file.
package enum EditorFailure: Error, Hashable, Sendable {
  /// It says so, in its own words: most often, because it does not have the file open.
  case refused(String)
  /// No answer has come that says anything, and why; what it has of the file is unknown.
  case unanswered(String)
}
