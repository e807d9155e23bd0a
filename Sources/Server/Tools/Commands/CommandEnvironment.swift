package import Protocol
internal import Providers

/// The environment that commands get: this program's, without its secrets.
package struct CommandEnvironment: Sendable {
  /// Which variables are taken for secrets by their names, in upper case.
  private enum NameRule {
    /// Begins with the one and holds one of the others.
    case prefix(String, holding: [String])
    case suffix(String)
  }

  /// What the two providers can be paid or signed in with.
  private static let ours: [NameRule] = [
    .prefix("ANTHROPIC_", holding: ["KEY", "TOKEN", "SECRET"]),
    .prefix("AWS_", holding: ["SECRET", "TOKEN", "ACCESS_KEY", "CREDENTIAL"]),
    .prefix("CLAUDE_", holding: ["KEY", "TOKEN", "SECRET"]),
    .prefix("WYN360_", holding: ["KEY", "TOKEN", "SECRET"]),
    .prefix("SECRET_ACCESS_KEY", holding: [""]),
  ]
  /// The same, and keys as other services name them.
  private static let all = ours + [.suffix("_API_KEY")]

  /// Variables that keep programs from waiting for a person: there is none at a command's terminal, as it has none.
  private static let set: [(String, String)] = [
    ("TERM", "dumb"), ("PAGER", "cat"), ("GIT_PAGER", "cat"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_EDITOR", "true"),
  ]

  /// A part of an environment.
  package struct Variable: Hashable, Sendable {
    /// What it is called.
    package var name: String
    /// What it is set to.
    package var value: String
  }

  /// The variables, by name.
  package let variables: [String: String]
  /// What of them is other than in this program's environment, for a command that gets its variables from elsewhere: what was
  /// set, but for the kind of terminal, and what was left out, empty.
  let changes: [Variable]

  /// The variables of a program less those that are named like a secret, or hold one of these.
  package init(_ variables: [String: String], secrets: [Secret] = []) {
    let holding = Self.names(in: variables, holding: secrets)
    var kept = variables.filter { name, value in
      !name.isEmpty && !name.utf8.contains(0) && !value.utf8.contains(0) && !Self.isSecret(name)
        && !holding.contains(name)
    }
    for (name, value) in Self.set { kept[name] = value }
    Self.guardRepositories(&kept)
    self.variables = kept
    let set = kept.filter { $0.key != "TERM" && variables[$0.key] != $0.value }
    let withheld = variables.keys.filter { kept[$0] == nil && !$0.isEmpty && !$0.utf8.contains(0) && !$0.contains("=") }
    changes = (set.map { Variable(name: $0.key, value: $0.value) } + withheld.map { Variable(name: $0, value: "") })
      .sorted { $0.name < $1.name }
  }

  /// The value of a variable as commands get it.
  subscript(name: String) -> String? { variables[name] }

  /// The variables as `NAME=value`, sorted.
  package var entries: [String] { variables.map { "\($0.key)=\($0.value)" }.sorted() }

  /// Has git take no plain folder for a repository: a bare one within a workspace is set up by who wrote its files, and
  /// says what git runs.
  ///
  /// Settings that the person gives to git by the environment stay, the same one included.
  private static func guardRepositories(_ variables: inout [String: String]) {
    let own = variables["GIT_CONFIG_COUNT"] ?? ""
    guard let count = own.isEmpty ? 0 : Int(own), count >= 0, count < Int.max else { return }
    let isSet = (0..<min(count, variables.count)).contains {
      variables["GIT_CONFIG_KEY_\($0)"]?.lowercased() == "safe.barerepository"
    }
    guard !isSet else { return }
    variables["GIT_CONFIG_KEY_\(count)"] = "safe.bareRepository"
    variables["GIT_CONFIG_VALUE_\(count)"] = "explicit"
    variables["GIT_CONFIG_COUNT"] = String(count + 1)
  }

  /// The variables whose values hold one of these secrets.
  package static func names(in variables: [String: String], holding secrets: [Secret]) -> Set<String> {
    // Very short values would be found everywhere.
    let values = secrets.map { Array($0.reveal().utf8) }.filter { $0.count >= EncodingLimits.secretLengthMin }
    let found = variables.filter { _, text in
      let text = Array(text.utf8)
      return values.contains { holds($0, in: text) }
    }
    return Set(found.keys)
  }

  /// Whether a variable is named like a secret.
  private static func isSecret(_ name: String) -> Bool { isNamed(name, by: all) }

  /// Whether a variable is named like a secret of the two providers or of this program.
  package static func isOurSecret(_ name: String) -> Bool { isNamed(name, by: ours) }

  private static func isNamed(_ name: String, by rules: [NameRule]) -> Bool {
    // As bytes: this is done with every variable at each start.
    let name = Array(name.uppercased().utf8)
    return rules.contains { rule in
      switch rule {
      case .prefix(let prefix, let parts):
        name.starts(with: prefix.utf8) && parts.contains { $0.isEmpty || holds(Array($0.utf8), in: name) }
      case .suffix(let suffix): name.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
      }
    }
  }

  private static func holds(_ part: [UInt8], in text: [UInt8]) -> Bool {
    !TextEditing.occurrences(of: part, in: text, most: 1).isEmpty
  }
}

extension CommandEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What a log shows: values are nobody's to read.
  package var description: String { "\(entries.count) variables" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
