/// What a session is, without what was said in it.
package struct SessionInfo: Codable, Hashable, Sendable {
  package var sessionId: String
  /// Its title, for people.
  package var title: String?
  /// The directory its work is about.
  package var cwd: String?
  /// The other directories in which its tools may work; absent for none.
  package var additionalDirectories: [String]?
  /// The model it asks.
  package var model: String
  /// The provider it asks.
  package var provider: ProviderID
  /// When it was made, in milliseconds since 1970.
  package var createdAt: Int
  /// When something was last said in it, in milliseconds since 1970.
  package var updatedAt: Int
  /// How many exchanges it holds.
  package var exchanges: Int
  /// The run that goes on.
  package var activeRunId: String?
  /// The tokens it has used.
  package var usage: Usage
  /// What it has cost.
  package var cost: Cost?
  /// The `seq` of its last event; 0 when there was none.
  package var lastSeq: Int
  /// The session it was forked from.
  package var forkedFrom: String?
  /// Whether it lies in the folder of sessions and is to be opened with `session/load` before it goes on; true, or absent.
  package var stored: Bool?
  /// The other process that has it open.
  package var holder: SessionHolder?
  /// Where the words stand that `session/list` was asked for.
  package var match: String?
  /// What became of changed files; in the answer of `session/rewind` only.
  package var files: FilesRestored?

  /// Files that were put back as they were.
  package struct FilesRestored: Codable, Hashable, Sendable {
    /// The files that are as they were.
    package var restored: [String]
    /// The files that stay as they are, each with the reason: somebody else has changed it since, or what it held is not
    /// kept any more.
    package var kept: [String]
    /// How many changes are too old to be undone.
    package var forgotten: Int
    /// The first lines of commands that were run since: what they changed stays.
    package var commands: [String]?

    /// What became of files.
    package init(restored: [String], kept: [String], forgotten: Int, commands: [String] = []) {
      self.restored = restored
      self.kept = kept
      self.forgotten = forgotten
      self.commands = commands.isEmpty ? nil : commands
    }
  }

  /// All that a session must have.
  package init(
    sessionId: String, model: String, provider: ProviderID, createdAt: Int, updatedAt: Int, exchanges: Int,
    usage: Usage, lastSeq: Int
  ) {
    self.sessionId = sessionId
    self.model = model
    self.provider = provider
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.exchanges = exchanges
    self.usage = usage
    self.lastSeq = lastSeq
  }
}

/// The process that has a stored session open.
package struct SessionHolder: Codable, Hashable, Sendable {
  /// Its number.
  package var pid: Int
  /// The machine it runs on, by the name that it gives itself.
  package var host: String

  /// That process.
  package init(pid: Int, host: String) {
    self.pid = pid
    self.host = host
  }
}
