import OperatingSystem
import Protocol
import Server

extension FuzzTarget {
  /// What a model or a person writes in a language of its own: commands, rules, patterns.
  static let languages = [
    FuzzTarget(name: "shell", check: shell), FuzzTarget(name: "rules", check: rules),
    FuzzTarget(name: "ignore", check: ignore), FuzzTarget(name: "regex", check: regex),
    FuzzTarget(name: "frontmatter", check: frontMatter),
  ]

  private static func frontMatter(_ bytes: [UInt8]) throws {
    let text = text(bytes)
    let front = FrontMatter(text)
    try expect(front == FrontMatter(text), "front matter is read in two ways")
    let plain = text.utf8.filter { $0 != 0x0D }
    try expect(
      plain.suffix(front.body.utf8.filter { $0 != 0x0D }.count).elementsEqual(
        front.body.utf8.filter { $0 != 0x0D }), "a body is no part of its text")
    for name in front.members.keys { _ = (front.text(name), front.words(name), front.flag(name)) }
  }

  private static func shell(_ bytes: [UInt8]) throws {
    let command = text(bytes)
    let line = ShellLine(command)
    try expect(line == ShellLine(command), "a line is read in two ways")
    let action = PermissionSubject(
      tool: PermissionRule.commandTool, actions: [.execute(command: command, folder: "/w", isInside: true)])
    let policy = PermissionPolicy(workspace: "/w", mode: .bypass, rules: deny)
    guard case .allowed = policy.decide(action, canAsk: true), case .commands(let commands) = line.judgement else {
      return
    }
    let isDenied = commands.contains { $0.words.first?.literal == Array("rm".utf8) }
    try expect(!isDenied, "a denied command is allowed")
  }

  private static let deny = (try? RuleSet(deny: [PermissionRule("execute_command(rm:*)")])) ?? .none

  private static func rules(_ bytes: [UInt8]) throws {
    let (first, second) = two(bytes)
    guard let rule = try? PermissionRule(text(first)) else { return }
    let again = try PermissionRule(rule.text)
    try expect(again == rule, "a rule is written as another one")
    guard let rules = try? RuleSet(allow: [rule]) else { return }
    let policy = PermissionPolicy(workspace: "/w", rules: rules)
    let other = text(second)
    for subject in [
      PermissionSubject(tool: "read_file", actions: [.read(path: other, isInside: true)]),
      PermissionSubject(tool: "execute_command", actions: [.execute(command: other, folder: "/w", isInside: true)]),
    ] { _ = policy.decide(subject, canAsk: true) }
  }

  private static func ignore(_ bytes: [UInt8]) throws {
    let (first, second) = two(bytes)
    var rules = IgnoreRules()
    rules.add(first, base: 0)
    let names = second.split(separator: UInt8(ascii: "/")).map { FileName($0) }
    let path = Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")]))
    if let last = names.last {
      let name = path.count - last.bytes.count
      for isFolder in [true, false] { _ = rules.ignores(path, name: name, isFolder: isFolder) }
    }
    if let pattern = try? GlobPattern(text(first)) { _ = pattern.matches(names) }
  }

  /// A clock that stands: whoever runs this watches the time.
  private static let standing = TimeSource(now: { 0 }, monotonic: { 0 }, sleep: { _ in }, random: { 0.5 })

  private static func regex(_ bytes: [UInt8]) throws {
    let (first, second) = two(bytes)
    for ignoresCase in [false, true] {
      guard let expression = try? RegularExpression(text(first), ignoresCase: ignoresCase) else { continue }
      var matcher = ExpressionMatcher(
        expression, pace: WorkPace(Cancellation(), time: standing, milliseconds: 1))
      let line = Array(second.prefix(2_000))
      guard let start = try unsafe line.withUnsafeBytes({ try unsafe matcher.find(in: $0) }) else { continue }
      try expect(start <= line.count, "a match begins behind the line")
      let isThere = expression.required.map { $0.literals.contains { line.holds($0) } } ?? true
      try expect(isThere, "a line fits that lacks what every match holds")
    }
  }
}

extension [UInt8] {
  /// Whether a text stands somewhere in these.
  fileprivate func holds(_ literal: RequiredLiterals.Literal) -> Bool {
    indices.contains { start in
      let part = self[start...].prefix(literal.bytes.count)
      return part.count == literal.bytes.count
        && zip(part, zip(literal.bytes, literal.folded)).allSatisfy { byte, sign in
          byte == sign.0 || sign.1 && (0x41...0x5A).contains(byte) && byte | 0x20 == sign.0
        }
    }
  }
}
