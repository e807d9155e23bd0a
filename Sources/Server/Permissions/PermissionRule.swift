internal import Protocol

/// A rule: a tool, and what it is used on.
///
///     read_file                          the tool, whatever it is used on
///     edit_file(src/**)                  the tool on these paths
///     *(secrets/**)                      any tool on these paths
///     execute_command(npm run test)      this command, with exactly these words
///     execute_command(git status:*)      a command that begins with these words
///     fetch_url(*.example.com)           pages of these hosts
///
/// Paths are a ``PathPattern``, commands a ``CommandPattern``, of which one that allows with `:*` means no more than the work of
/// the program (``CommandHazards``). A rule that allows reaches outside the workspace only with a
/// pattern that begins with `//`; one that refuses or asks reaches everywhere.
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
  /// The tool; `*` is any.
  package let tool: String
  /// What it is used on.
  package let scope: Scope

  /// The rule of that text.
  package init(_ text: String) throws(Problem) {
    self.text = text
    do throws(Problem) {
      (tool, scope) = try Self.parsed(text)
    } catch {
      throw Problem("the rule '\(text.prefix(200))' is wrong: \(error.description)")
    }
  }

  private static func parsed(_ text: String) throws(Problem) -> (String, Scope) {
    guard text.utf8.count <= PermissionLimits.ruleBytesMax else {
      throw Problem("it has more than \(PermissionLimits.ruleBytesMax) bytes; a pattern such as 'src/**' is shorter")
    }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
      throw Problem("it holds a control character; a rule is one line of text")
    }
    let open = text.utf8.firstIndex(of: UInt8(ascii: "(")) ?? text.endIndex
    let tool = String(text[..<open])
    guard !tool.isEmpty, tool.utf8.allSatisfy(Byte.isName) || tool == "*" else {
      throw Problem("it must begin with a tool's name or '*', as in 'read_file' or 'edit_file(src/**)'")
    }
    guard open < text.endIndex else {
      guard tool != "*" else { throw Problem("'*' alone is every call; the modes readOnly and bypass are for that") }
      return (tool, .anything)
    }
    guard text.utf8.last == UInt8(ascii: ")") else { throw Problem("its '(' is not closed at the end") }
    let inner = String(text[text.utf8.index(after: open)...].dropLast())
    guard !inner.isEmpty else {
      throw Problem("it has nothing between '(' and ')'; write '\(tool)' alone for everything")
    }
    switch tool {
    case commandTool: return (tool, .command(try CommandPattern(inner)))
    case webTool: return (tool, .host(try HostPattern(inner)))
    default: return (tool, .path(try PathPattern(inner)))
    }
  }

  /// The rule for exactly that path.
  static func exactly(_ tool: String, _ path: PermissionPath) -> PermissionRule? {
    // A name of bytes that are no text cannot be written as a rule.
    let text = PathPattern.text(exactly: path)
    return text.isEmpty || text.contains("\u{FFFD}") ? nil : try? PermissionRule("\(tool)(\(text))")
  }

  /// Whether it is about that tool at all.
  func isAbout(_ tool: String) -> Bool { self.tool == "*" || self.tool.utf8.elementsEqual(tool.utf8) }
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
