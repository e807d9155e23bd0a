internal import Protocol

/// A rule: a tool, and what it is used on.
///
///     read_file                          the tool, whatever it is used on
///     edit_file(src/**)                  the tool on these paths
///     *(secrets/**)                      any tool on these paths
///     execute_command(npm run test)      this command, with exactly these words
///     execute_command(git status:*)      a command that begins with these words
///     fetch_url(*.example.com)           pages of these hosts
///     mcp__tracker, mcp__tracker__*      all tools of this MCP server
///
/// Paths are a ``PathPattern``, commands a ``CommandPattern``, of which one that allows with `:*` means no more than the work
/// of the program (``CommandHazards``); tools may have the names that other agents call them by (``RuleTools``). A rule that
/// allows reaches outside the workspace only with a pattern that says so (`//`, `~/`); one that refuses or asks reaches
/// everywhere.
///
/// What could never match, though it looks as if it did, is refused.
package struct PermissionRule: Hashable, Sendable {
  /// What is wrong with a rule's text, and what would do.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    /// For a person.
    package let description: String

    /// A problem.
    package init(_ description: String) { self.description = description }
  }

  /// What the tool is used on.
  package enum Scope: Hashable, Sendable {
    case anything
    case path(PathPattern)
    case command(CommandPattern)
    case host(HostPattern)
  }

  /// The tool whose pattern is a command's.
  package static let commandTool = "execute_command"
  /// The tool whose pattern is a host's.
  package static let webTool = "fetch_url"

  /// The rule as it is written.
  package let text: String
  /// The tools it is about.
  let tools: RuleTools
  /// What it is used on.
  package let scope: Scope

  /// The rule of that text.
  package init(_ text: String) throws(Problem) {
    self.text = text
    do throws(Problem) {
      (tools, scope) = try Self.parsed(text)
    } catch {
      throw Problem("the rule '\(text.prefix(200))' is wrong: \(error.description)")
    }
  }

  private static func parsed(_ text: String) throws(Problem) -> (RuleTools, Scope) {
    guard text.utf8.count <= PermissionLimits.ruleBytesMax else {
      throw Problem("it has more than \(PermissionLimits.ruleBytesMax) bytes; a pattern such as 'src/**' is shorter")
    }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Problem("it holds a control character; a rule is one line of text")
    }
    // Some names do have odd blanks and joined emoji; nobody gives them these.
    let unseen: [ClosedRange<UInt32>] = [
      0xAD...0xAD, 0x200B...0x200B, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x2064, 0xFEFF...0xFEFF,
    ]
    if let sign = text.unicodeScalars.first(where: { sign in unseen.contains { $0.contains(sign.value) } }) {
      throw Problem("it holds the invisible character U+\(String(sign.value, radix: 16, uppercase: true))")
    }
    let open = text.utf8.firstIndex(of: UInt8(ascii: "(")) ?? text.endIndex
    let tool = String(text[..<open])
    guard RuleTools.isWord(tool) else {
      throw Problem("it must begin with a tool's name or '*', as in 'read_file' or 'edit_file(src/**)'")
    }
    let tools = RuleTools(tool)
    guard open < text.endIndex else {
      guard tool != "*" else { throw Problem("'*' alone is every call; the modes readOnly and bypass are for that") }
      return (tools, .anything)
    }
    guard text.utf8.last == UInt8(ascii: ")") else { throw Problem("its '(' is not closed at the end") }
    let inner = String(text[text.utf8.index(after: open)...].dropLast())
    guard !inner.isEmpty else {
      throw Problem("it has nothing between '(' and ')'; write '\(tool)' alone for everything")
    }
    switch tools.patternTool {
    case commandTool: return (tools, .command(try CommandPattern(inner)))
    case webTool: return (tools, .host(try HostPattern(inner)))
    case let own? where RuleTools.withoutPattern.contains(own):
      throw Problem("'\(own)' is used on nothing that a pattern could name; write '\(tool)' alone")
    default: return (tools, .path(try PathPattern(inner)))
    }
  }

  /// What it stands for that is no tool there is, though it may come to be one; `nil` when all is well.
  ///
  /// - Throws: ``Problem`` when the name is a slip of the pen for a tool of ours.
  func unknownTool(among registered: Set<String>) throws(Problem) -> String? {
    // MCP servers come and go.
    guard tools.isForeign, !registered.contains(tools.name), !tools.name.utf8.starts(with: RuleTools.ofServers.utf8)
    else {
      return nil
    }
    if let near = NearMiss.of(tools.name, among: RuleTools.own) {
      throw Problem(
        "the rule '\(text.prefix(200))' is wrong: there is no tool '\(tools.name)'; did you mean '\(near)'? (One of your "
          + "own with that name is registered before its rules.)")
    }
    return tools.name
  }

  /// Whether it is about a tool because it is about all of the tool's server.
  package func isAbout(server tool: String) -> Bool { scope == .anything && tools.isForeign && tools.allows(tool) }

  /// The rule for exactly that path.
  static func exactly(_ tool: String, _ path: PermissionPath) -> PermissionRule? {
    // A name of bytes that are no text cannot be written as a rule.
    let text = PathPattern.text(exactly: path)
    return text.isEmpty || text.contains("\u{FFFD}") ? nil : try? PermissionRule("\(tool)(\(text))")
  }
}

extension PermissionRule: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(Problem) {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension PermissionRule {
  /// The option of the command line that allows what the rule says, as one writes it for a shell.
  var option: String { "--rule '" + "allow:\(text)".replacing("'", with: "'\\''") + "'" }
}
