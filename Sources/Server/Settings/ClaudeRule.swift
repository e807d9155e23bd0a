internal import Protocol

/// A rule of Claude Code's settings that refuses or asks, as rules of ours that are no weaker.
///
///     Bash                         all commands
///     Bash(git push:*), (git push *)   commands that begin with these words
///     Bash(git * main)             what begins like it, `git`, is asked about: no rule of ours has a wildcard in its middle
///     Read, Glob, Grep, LS (path)  what the paths hold is not read; Edit, Write, MultiEdit, NotebookEdit: not changed
///     //etc/x, ~/x                 from the root, from the home folder
///     /x                           from the folder of the project; in the person's own file also from `~/.claude`
///     ./x, a/x                     from the project; x alone is any file or folder of that name
///     WebFetch(domain:x)           pages of that host; WebSearch: the service's own search
///     mcp__server, mcp__server__x  all tools of a server, one of them
///
/// What has no counterpart is named.
struct ClaudeRule {
  /// What it comes to.
  enum Meaning {
    /// These rules, as severe as they were.
    case rules([PermissionRule])
    /// It cannot be said so exactly: these are asked about, too.
    case alsoAsk([PermissionRule], asked: [PermissionRule])
    /// Nothing here is like it; why.
    case unsupported(String)
  }

  /// Tools by the names that Claude Code has for them; the second is what a rule of ours calls it.
  private static let tools: [String: String] = [
    "Bash": "Bash", "Read": "Read", "Edit": "Edit", "MultiEdit": "Edit", "NotebookEdit": "Edit", "Write": "Write",
    "Glob": "Glob", "Grep": "Grep", "LS": "LS", "WebFetch": "WebFetch", "WebSearch": "web_search",
    "TodoWrite": "TodoWrite", "AskUserQuestion": "AskUserQuestion", "BashOutput": "BashOutput",
    "KillShell": "KillShell",
  ]

  /// Where relative paths begin, and where those with one slash do.
  let base: FolderPath
  let roots: [FolderPath]
  /// The session's folder, below which paths are written from it.
  let workspace: FolderPath

  /// What a rule means.
  func meaning(of text: String) -> Meaning {
    let open = text.firstIndex(of: "(") ?? text.endIndex
    let name = String(text[..<open])
    if name.hasPrefix("mcp__") { return rules([text]) }
    guard let tool = Self.tools[name] else { return .unsupported("there is no tool '\(name)' here") }
    guard open < text.endIndex else { return rules([tool]) }
    guard text.hasSuffix(")") else { return .unsupported("its '(' is not closed") }
    let inner = String(text[text.index(after: open)...].dropLast())
    guard !["", "*", "**"].contains(inner) else { return rules([tool]) }
    guard !inner.hasPrefix("!") || tool == "Bash" else { return .unsupported("'!' makes no exception here") }
    switch tool {
    case "Bash": return command(inner)
    case "WebFetch": return inner == "domain:*" ? rules([tool]) : rules(["WebFetch(\(inner))"])
    case "web_search", "TodoWrite", "AskUserQuestion", "BashOutput", "KillShell":
      return .unsupported("'\(name)' takes nothing in parentheses here")
    default: return rules(patterns(inner).map { "\(tool)(\($0))" })
    }
  }

  private func rules(_ texts: [String]) -> Meaning {
    do throws(PermissionRule.Problem) {
      return .rules(try Self.parsed(texts))
    } catch {
      return .unsupported(error.description)
    }
  }

  private static func parsed(_ texts: [String]) throws(PermissionRule.Problem) -> [PermissionRule] {
    var rules: [PermissionRule] = []
    for text in texts { rules.append(try PermissionRule(text)) }
    return rules
  }

  // MARK: Commands

  private func command(_ pattern: String) -> Meaning {
    var pattern = pattern
    if pattern.hasSuffix(":*") { pattern = pattern.dropLast(2) + " *" }
    guard let star = pattern.firstIndex(of: "*") else { return rules(["Bash(\(pattern))"]) }
    let before = String(pattern[..<star])
    let words = before.trimmingBlanks
    let isLast = pattern.index(after: star) == pattern.endIndex
    if isLast, before.hasSuffix(" ") { return rules(["Bash(\(words):*)"]) }
    // A word of which only the beginning is named: what begins with it may be any.
    let whole =
      before.hasSuffix(" ") ? words : before.lastIndex(of: " ").map { String(before[..<$0]).trimmingBlanks } ?? ""
    do throws(PermissionRule.Problem) {
      let sure = isLast && !words.isEmpty ? try Self.parsed(["Bash(\(words):*)"]) : []
      return .alsoAsk(sure, asked: try Self.parsed([whole.isEmpty ? "Bash" : "Bash(\(whole):*)"]))
    } catch {
      return .unsupported(error.description)
    }
  }

  // MARK: Paths

  private func patterns(_ path: String) -> [String] {
    // Two stars that do not stand alone mean one, as git reads them.
    let names = path.split(separator: "/", omittingEmptySubsequences: false).map { name in
      name.contains("**") && name != "**" ? Self.withoutDoubleStars(String(name)) : String(name)
    }
    let path = names.joined(separator: "/")
    if path.hasPrefix("//") || path.hasPrefix("~/") || path == "~" { return [path] }
    if path.hasPrefix("/") { return roots.map { placed(String(path.dropFirst()), in: $0) } }
    let rest = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    let isName = !path.hasPrefix("./") && !rest.dropLast(rest.hasSuffix("/") ? 1 : 0).contains("/")
    return [placed(isName ? "**/\(rest)" : rest, in: base)]
  }

  private func placed(_ pattern: String, in folder: FolderPath) -> String {
    guard folder != workspace else { return pattern.hasPrefix("**/") ? pattern : "./\(pattern)" }
    return Self.text(of: folder) + "/" + pattern
  }

  private static func withoutDoubleStars(_ name: String) -> String {
    var name = name
    while name.contains("**") { name = name.replacing("**", with: "*") }
    return name
  }

  /// A folder as the beginning of a pattern from the root.
  static func text(of folder: FolderPath) -> String {
    let text = PathPattern.text(exactly: PermissionPath(folder.description, workspace: "/\u{1}"))
    return text == "//" ? "/" : text
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    Trimmed.of(self) { $0 == " " }
  }
}
