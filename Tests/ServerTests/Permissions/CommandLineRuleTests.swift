import Server
import Testing

@Suite struct `A rule on the command line` {
  @Test func `is given in any number, in words that hold colons too`() throws {
    let options = try Options([
      "--rule", "allow:execute_command(git status:*)", "--rule=deny:*(secrets/**)", "--rule", "ask:fetch_url(a.com:80)",
      "--rule", "allow:mine", "hi",
    ])
    #expect(options.rules.allow.map(\.text) == ["execute_command(git status:*)", "mine"])
    #expect(options.rules.deny.map(\.text) == ["*(secrets/**)"])
    #expect(options.rules.ask.map(\.text) == ["fetch_url(a.com:80)"])
  }

  @Test(
    arguments: [
      ("execute_command(ls)", "begins with allow:, ask: or deny:"), ("permit:mine", "begins with allow:"),
      ("", "begins with allow:"), ("allow", "begins with allow:"), ("allow:", "must begin with a tool's name"),
      ("allow:execute_command(ls", "is not closed"), ("deny:wirte_file(src/**)", "did you mean"),
      ("ask:exceute_command", "did you mean"),
    ]) func `that is none is told with what would be`(rule: String, reason: String)
  {
    #expect { _ = try Options(["--rule", rule]) } throws: { error in
      (error as? Options.UsageError)?.message.contains(reason) == true
    }
  }

  @Test func `adds to the others, however many there are`() throws {
    let many = try RuleSet(deny: (0..<1_000).map { try PermissionRule("mine(a\($0))") })
    let joined = many.joined(with: try rules(deny: ["mine(b)", "mine(a1)"]))
    #expect(joined.deny.count == 1_001)
    #expect(joined.deny.last?.text == "mine(b)")
  }
}
