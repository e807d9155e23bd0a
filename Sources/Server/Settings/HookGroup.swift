internal import Protocol

/// When commands of a person's are run.
package enum HookEvent: String, CaseIterable, Hashable, Sendable {
  /// Before a call of a tool.
  case preToolUse = "PreToolUse"
  /// After one that was done.
  case postToolUse = "PostToolUse"
  /// Before the model reads a prompt.
  case userPromptSubmit = "UserPromptSubmit"
  /// When the model has said all that it wants to.
  case stop = "Stop"
}

/// Commands that are run for some tools, as Claude Code's settings write them.
package struct HookGroup: Codable, Hashable, Sendable {
  /// The tools: names with `|` between them, in which `.*` stands for any signs; all when absent, empty or `*`.
  package var matcher: String?
  /// What is run.
  package var hooks: [HookCommand]

  /// Why its matcher is none, or one of its commands; `nil` when all is well.
  var flaw: String? {
    let signs = "^$|.*_-"
    if let matcher, !matcher.utf8.allSatisfy({ Byte.isAlphanumeric($0) || signs.utf8.contains($0) }) {
      return "has the matcher '\(matcher)', which is none here: write names, '|' between them, '.*' for any signs"
    }
    for hook in hooks {
      guard hook.type ?? "command" == "command" else { return "has a hook of the type '\(hook.type ?? "")'" }
      guard !hook.command.allSatisfy(\.isWhitespace), !hook.command.utf8.contains(0) else { return "has no command" }
      guard hook.timeout.map({ $0 > 0 && $0 <= SettingsLimits.hookSecondsMax }) ?? true else {
        return "has a timeout that is not above 0 and at most \(Int(SettingsLimits.hookSecondsMax)) seconds"
      }
    }
    return nil
  }

  /// Whether it is for a tool, by its own name or one that other agents have for such a tool.
  package func isFor(tool: String) -> Bool {
    guard let matcher, !["", "*", ".*"].contains(matcher) else { return true }
    return matcher.split(separator: "|").contains { word in
      let name = word.drop { $0 == "^" }.prefix { $0 != "$" }.replacing(".*", with: "*")
      guard name.contains("*") else { return RuleTools(String(name)).allows(tool) }
      let parts = name.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
      return Self.fits(tool, parts)
    }
  }

  /// Whether a name is made of these parts, with any signs between them.
  private static func fits(_ name: String, _ parts: [String]) -> Bool {
    guard let first = parts.first, let last = parts.last, name.hasPrefix(first) else { return false }
    var rest = name.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return parts.count == 1 ? rest.isEmpty : rest.hasSuffix(last)
  }
}

/// A command of a person's.
package struct HookCommand: Codable, Hashable, Sendable {
  /// `command`, which is what it is when absent.
  package var type: String?
  /// The line that a shell reads.
  package var command: String
  /// Seconds that it may take; 60 when absent.
  package var timeout: Double?
}
