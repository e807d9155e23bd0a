/// What the program says of itself.
package enum HelpText {
  /// The answer to `--help`.
  package static let text = """
    wyn360 \(Version.number): Claude for editors and scripts, over one pipe

    \(uses.map { "wyn360 \(padded($0.line, 30)) \($0.does)" }.joined(separator: "\n"))
    What stands behind -- is a prompt, whatever it looks like.

    \(OptionGroup.allCases.map(section).joined(separator: "\n\n"))

    Credentials come from the environment: ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN or ANTHROPIC_API_KEY_SECRET_ID;
    with CLAUDE_CODE_USE_BEDROCK=1 AWS_BEARER_TOKEN_BEDROCK, or wherever the AWS command line finds them.
    Exit status:
    \(statuses)
      128 + N  ended by signal N: 130 interrupted, 141 nobody reads stdout
    The protocol: protocol-spec.md, or wyn360 call server/describe.

    """

  /// The ways to start it, and what each does.
  static let uses: [(line: String, does: String)] =
    [
      ("[options] \"prompt\"", "ask once; the answer goes to stdout"),
      ("[options] - < FILE", "ask what stdin holds; piped text is added to a prompt"),
      ("[options] [--stdio]", "serve JSON-RPC 2.0 on stdin and stdout"),
    ] + CommandWord.allCases.map { ("[options] \($0.help.line)", $0.help.does) }

  private static var statuses: String {
    ExitStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
  }

  /// What a terminal gets that said nothing.
  package static let hint = """
    wyn360 asks Claude, or serves JSON-RPC on a pipe. Try:

      wyn360 --replay demo "write a script to analyze data.csv"
      wyn360 doctor
      wyn360 --help

    """

  // MARK: The options

  private static func section(_ group: OptionGroup) -> String {
    let entries = OptionTable.all.filter { $0.group == group }.map(entry).joined(separator: "\n")
    return group.rawValue.isEmpty ? entries : "\(group.rawValue)\n\(entries)"
  }

  private static func entry(_ option: Option) -> String {
    let names = [option.short, option.name].compactMap(\.self).joined(separator: ", ")
    let head = "  " + [names, option.shape.placeholder].compactMap(\.self).joined(separator: " ")
    let margin = CommandLineLimits.helpMargin
    let lines = wrapped(option.does, to: CommandLineLimits.helpColumns - margin)
    let blank = String(repeating: " ", count: margin)
    guard head.count >= margin else {
      return padded(head, margin) + lines.joined(separator: "\n\(blank)")
    }
    return ([head] + lines).joined(separator: "\n\(blank)")
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// Words in lines of at most so many characters.
  private static func wrapped(_ text: String, to width: Int) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
      guard let last = lines.last, last.count + 1 + word.count <= width else { return lines.append(String(word)) }
      lines[lines.count - 1] = "\(last) \(word)"
    }
  }
}
