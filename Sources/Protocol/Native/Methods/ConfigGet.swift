/// Tells what is set, by whom, and what waits for the person's trust.
///
/// - Throws: ``RPCError/Code/requestFailed`` when there is no such session.
package struct ConfigGet: RequestMessage, Hashable {
  package static let method = "config/get"
  /// The session whose settings are told; absent for those of a new one.
  package var sessionId: String?
  /// The folder of that new one, absolute; the process's when absent.
  package var cwd: String?

  /// The settings of a new session.
  package init() {}

  /// Who says something; of several the earlier one counts, but where all hold together.
  package enum Source: String, Codable, Hashable, Sendable, CaseIterable {
    /// The session's own set-up.
    case session
    /// The client, in `initialize` or for all sessions.
    case client
    /// An option of the command line.
    case flag
    /// A variable of the environment.
    case environment
    /// `.wyn360/settings.json` of the project.
    case projectFile
    /// The person's own `settings.json`.
    case userFile
    /// A file of Claude Code's settings, of which deny and ask rules act.
    case claudeFile
    /// What the person has answered, and wanted kept.
    case kept
    /// Nobody.
    case `default`
  }

  /// What somebody has set, or nobody.
  package struct Value: Codable, Hashable, Sendable {
    /// The member, as files of settings name it: `permissions.deny`.
    package var name: String
    /// What it is; of servers their names.
    package var value: JSON
    /// Who says so.
    package var source: Source
    /// The file that says so.
    package var path: String?
    /// The option or variable that says so.
    package var by: String?

    /// All that is told of it.
    package init(name: String, value: JSON, source: Source, path: String?, by: String?) {
      self.name = name
      self.value = value
      self.source = source
      self.path = path
      self.by = by
    }
  }

  /// A file that was looked for.
  package struct File: Codable, Hashable, Sendable {
    /// Where it is, or would be.
    package var path: String
    /// What kind of file.
    package var source: Source
    /// Whether it is there and used.
    package var isUsed: Bool
    /// Why it is not, though something is there.
    package var problem: String?

    /// A file.
    package init(path: String, source: Source, isUsed: Bool, problem: String?) {
      self.path = path
      self.source = source
      self.isUsed = isUsed
      self.problem = problem
    }
  }

  /// What a project's file would allow, run or widen, and does not before the person has trusted it.
  package struct Pending: Codable, Hashable, Sendable {
    /// The file.
    package var path: String
    /// What tells this content from any other; `config/trust` wants it.
    package var hash: String
    /// The members, as the file writes them, by name.
    package var widens: JSON

    /// Something that waits.
    package init(path: String, hash: String, widens: JSON) {
      self.path = path
      self.hash = hash
      self.widens = widens
    }
  }

  /// All that holds.
  package struct Response: Codable, Hashable, Sendable {
    /// Each value that somebody set, or that is the default; a member whose values hold together stands once for each source.
    package var settings: [Value]
    /// The files that were looked for.
    package var files: [File]
    /// What waits for trust.
    package var pending: [Pending]
    /// What is wrong, a sentence each.
    package var notices: [String]

    /// All of it.
    package init(settings: [Value], files: [File], pending: [Pending], notices: [String]) {
      self.settings = settings
      self.files = files
      self.pending = pending
      self.notices = notices
    }
  }
}
