/// Tells what tools have changed in files, in all of a session or in one run, as unified diffs.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session, or its folder is gone;
///   ``RPCError/Code/invalidParams`` when its changes are not known, or there is no such run.
package struct SessionChanges: RequestMessage, Hashable {
  package static let method = "session/changes"
  package var sessionId: String
  /// The run to tell of; absent for all that the session has changed.
  package var runId: String?
  /// Where the last page ended, by its `nextCursor`.
  package var cursor: String?
  /// The most files to tell of.
  package var limit: Int?

  /// What was changed.
  package struct Response: Codable, Hashable, Sendable {
    /// The files that are another than they were, by their paths.
    package var files: [ChangedFile]
    /// How many more were touched that are not on this page, some of which may be as they were.
    package var more: Int
    /// Where to go on; absent at the end.
    package var nextCursor: String?
    /// How many changes are too old to be told.
    package var forgotten: Int
    /// The first lines of commands that were run: what they changed is not known.
    package var commands: [String]?

    /// Some files, and how many more.
    package init(files: [ChangedFile], more: Int, forgotten: Int) {
      (self.files, self.more, self.forgotten) = (files, more, forgotten)
    }
  }
}

/// A file that tools have changed.
package struct ChangedFile: Codable, Hashable, Sendable {
  /// What became of it.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    case created, modified, deleted, moved
  }

  /// Its path from the session's folder; absolute outside.
  package var path: String
  /// What became of it.
  package var kind: Kind
  /// Where it was before it was moved.
  package var from: String?
  /// What is another in it, as a unified diff; absent where nothing is, or there is none to show.
  package var diff: String?
  /// Why there is no diff, or a part of one.
  package var note: String?
  /// Whether somebody else, or a command, has changed it, too; true, or absent.
  package var others: Bool?

  /// A file, and what became of it.
  package init(path: String, kind: Kind) {
    self.path = path
    self.kind = kind
  }
}
