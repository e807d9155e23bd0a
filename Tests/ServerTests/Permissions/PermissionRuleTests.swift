import Protocol
import Server
import Testing

@Suite struct `A permission rule` {
  @Test(arguments: [
    "read_file", "edit_file(src/**)", "edit_file(//etc/hosts)", "*(secrets/**)", "execute_command(git status:*)",
    "execute_command(npm run test)", "execute_command", "mcp__x__y", "edit_file(a(b).txt)", "edit_file(a\\*b)",
    "execute_command('a b' \"c\":*)", "execute_command(echo '$x' \\;)",
  ]) func `is kept as it is written`(text: String) throws {
    let rule = try PermissionRule(text)
    #expect(rule.text == text)
    let json = try JSON(encoding: rule)
    #expect(json == .string(text))
    #expect(try json.decode(PermissionRule.self) == rule)
  }

  @Test(arguments: [
    ("", "tool's name"), ("*", "modes"), ("(a)", "tool's name"), ("read file", "tool's name"),
    ("read_file(", "not closed"),
    ("read_file(a", "not closed"), ("read_file(a) ", "not closed"), ("read_file()", "nothing between"),
    ("read_file(~x)", "'~/'"), ("read_file(../x)", "'..'"), ("read_file({a,b})", "no wildcard"), ("a\nb", "control"),
    ("execute_command(git *)", ":*"), ("execute_command(*)", ":*"), ("execute_command(:*)", ":*"),
    ("execute_command(a; b)", "one command"), ("execute_command(a && b)", "one command"),
    ("execute_command(a > b)", "one command"),
    ("execute_command($a)", "one command"), ("execute_command(A=1 b)", "one command"),
    ("execute_command(a 'b)", "one command"),
    ("execute_command((a))", "one command"), ("execute_command(a # b)", "one command"),
    ("execute_command(git\u{A0}x)", "one command"),
    ("read_file(.env\u{200B})", "U+200B"), ("read_file(\u{202E}vne.)", "U+202E"), ("read_fil\u{212A}e", "tool's name"),
    ("r*", "tool's name"), ("execute_command(rm:)", "':*'"),
    ("execute_command(if:*)", "shell's own"), ("Bash(rm *)", "':*'"), ("update_plan(a)", "nothing"),
    ("*(rm:*)", "belongs to commands"), ("read_file(src\\a)", "'/'"), ("fetch_url(.example.com)", "host"),
    ("fetch_url(https://a.com)", "host"), ("fetch_url(::1)", "host"), ("fetch_url(a.com:)", "host"),
    ("WebFetch(*)", "host"), ("read_file($USER/x)", "'$HOME/'"), ("read_file(C:\\x)", "no drives"),
  ]) func `that means nothing says so`(text: String, hint: String) throws {
    let problem = #expect(throws: PermissionRule.Problem.self) { try PermissionRule(text) }
    #expect(problem?.description.contains(hint) ?? false, "\(problem?.description ?? "")")
    #expect(throws: JSONDecodingError.self) { try JSON.string(text).decode(PermissionRule.self) }
  }

  @Test func `may not be endless`() {
    #expect(throws: PermissionRule.Problem.self) {
      try PermissionRule("a(" + String(repeating: "b", count: PermissionLimits.ruleBytesMax) + ")")
    }
  }

  @Test(arguments: [
    ("git status:*", "git status", true), ("git status:*", "git status -s x", true),
    ("git status:*", "git statusx", false),
    ("git status:*", "git", false), ("git status:*", "git 'status'", true), ("git status:*", "g\\it status", true),
    ("git status:*", "./git status", false), ("git status:*", "/usr/bin/git status", false),
    ("git status:*", "GIT status", false),
    ("git status:*", "git $x", false), ("git status:*", "git status $x", true),
    ("git status:*", "git -C x status", false),
    ("git status:*", "git  status", true), ("git status:*", "'git status'", false), ("git:*", "git", true),
    ("git:*", "gitk", false),
    ("npm run test", "npm run test", true), ("npm run test", "npm run test x", false),
    ("npm run test", "npm run", false),
    ("npm run test", "npm run test:unit", false), ("npm run test:*", "npm run test:unit", false),
    ("npm run test", "npm run test $x", false),
    ("npm run test", "npm run \"test\"", true), ("echo 'a b'", "echo a\\ b", true), ("echo 'a b'", "echo a b", false),
    ("echo '*'", "echo *", false), ("echo '*'", "echo '*'", true), ("echo K", "echo \u{212A}", false),
    ("echo é", "echo e\u{301}", false),
    ("echo ''", "echo", false), ("echo ''", "echo \"\"", true),
  ]) func `allows a command only when it is certain`(pattern: String, line: String, isCovered: Bool) throws {
    let pattern = try CommandPattern(pattern)
    #expect(ShellLine(line).commands.last.map(pattern.covers) == isCovered)
  }

  @Test(arguments: [
    ("rm:*", "rm x", CommandPattern.Match.yes), ("rm:*", "/bin/rm x", .yes), ("rm:*", "../rm", .yes),
    ("rm:*", "RM x", .yes),
    ("/bin/rm:*", "rm x", .yes), ("rm:*", "rmdir x", .no), ("rm:*", "$x y", .maybe), ("rm:*", "~/bin/rm x", .yes),
    ("rm:*", "echo rm", .no),
    ("rm:*", "~/bin/ls", .maybe), ("git push:*", "git push", .yes), ("git push:*", "git pull", .no),
    ("git push:*", "git $x", .maybe),
    ("git push:*", "git -C x push", .maybe), ("git push:*", "git --no-pager push y", .maybe),
    ("git push:*", "git -C x pull", .no),
    ("git push:*", "git -c x $y", .maybe), ("git push:*", "git commit -m push", .no), ("git push:*", "git", .no),
    ("rm -rf /", "rm -rf /", .yes),
    ("rm -rf /", "rm -rf /x", .no), ("rm -rf /", "rm -rf / $x", .maybe), ("rm -rf /", "rm -rf / x", .no),
    ("rm -rf /", "rm -rf $x", .maybe),
    ("git push --force:*", "git -C x push --force", .maybe), ("git push --force:*", "git push origin", .no),
  ]) func `refuses a command by its name, and doubts what is not plain`(
    pattern: String, line: String, match: CommandPattern.Match
  ) throws {
    let pattern = try CommandPattern(pattern)
    #expect(ShellLine(line).commands.last.map(pattern.match) == match)
  }

  @Test(arguments: [
    ["a"], ["a b", "c'd", ""], ["git", "commit", "-m", "it's $x \"y\" `z` \\ * ~ # ;"], ["=x"], ["a:*"], ["é"], ["~"],
    ["a", ":*"],
  ])
  func `is written so that it is read as it was meant`(words: [String]) throws {
    let bytes = words.map { Array($0.utf8) }
    for isPrefix in [false, true] {
      let pattern = try CommandPattern(CommandPattern.text(bytes, isPrefix: isPrefix))
      #expect(pattern.words == bytes)
      #expect(pattern.isPrefix == isPrefix)
    }
  }
}

@Suite struct `Permission rules` {
  @Test func `are three lists of strings, each of which may be left out`() throws {
    let json = try JSON.parse(#"{"deny":["read_file(.env)"],"allow":["execute_command(git status:*)"]}"#)
    let rules = try json.decode(RuleSet.self)
    #expect(rules.deny.map(\.text) == ["read_file(.env)"])
    #expect(rules.ask == [])
    #expect(
      try JSON(encoding: rules)
        == ["allow": ["execute_command(git status:*)"], "ask": [], "deny": ["read_file(.env)"]])
  }

  @Test func `say which of them is wrong`() throws {
    let json = try JSON.parse(#"{"deny":["read_file","read_file("]}"#)
    let error = #expect(throws: JSONDecodingError.self) { try json.decode(RuleSet.self) }
    #expect(error?.path == "deny[1]")
    #expect(error?.reason.contains("'read_file('") ?? false)
  }

  @Test func `are counted, and kept once`() throws {
    let rules = try (0...PermissionLimits.rulesMax).map { try PermissionRule("t\($0)") }
    #expect(throws: PermissionRule.Problem.self) { try RuleSet(allow: rules) }
    var kept = try RuleSet(allow: Array(rules.dropLast()))
    try kept.add(allowing: [rules[0]])
    #expect(kept.allow.count == PermissionLimits.rulesMax)
    #expect(throws: PermissionRule.Problem.self) { try kept.add(allowing: [rules[PermissionLimits.rulesMax]]) }
    #expect(kept.allow.count == PermissionLimits.rulesMax)
    try kept.add(denying: [rules[0]])
    #expect(kept.deny == [rules[0]])
  }
}
