/// A skill or a command, as its file tells of it.
package struct SkillInfo: Codable, Hashable, Sendable {
  /// The two kinds.
  package enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// A folder with a `SKILL.md`.
    case skill
    /// A file in a folder of commands.
    case command
  }

  /// Whose it is.
  package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
    /// The person's, for all projects.
    case user
    /// It lies in the session's folder, or in one above up to the repository's top.
    case project
  }

  /// By what it is called.
  package var name: String
  package var kind: Kind
  /// What it is for, in one line.
  package var description: String
  /// Its file.
  package var path: String
  package var source: Source
  /// What may stand behind its name.
  package var argumentHint: String?
  /// Whether models are told of it.
  package var isForModel: Bool
  /// Whether a prompt can call it by `/name`.
  package var isForPerson: Bool

  /// A skill or a command.
  package init(
    name: String, kind: Kind, description: String, path: String, source: Source, argumentHint: String?,
    isForModel: Bool, isForPerson: Bool
  ) {
    self.name = name
    self.kind = kind
    self.description = description
    self.path = path
    self.source = source
    self.argumentHint = argumentHint
    self.isForModel = isForModel
    self.isForPerson = isForPerson
  }
}
