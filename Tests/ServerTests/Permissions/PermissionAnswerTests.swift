import Protocol
import Server
import Testing

@Suite struct `The answers to a permission` {
  private func options(_ subject: PermissionSubject, mode: PermissionMode = .ask, rules: RuleSet = .none) throws
    -> [PermissionOption]
  {
    let decision = PermissionPolicy(workspace: "/w", mode: mode, rules: rules).decide(subject, canAsk: true)
    guard case .ask(let prompt) = decision else { throw CancellationError() }
    return prompt.options
  }

  private func always(_ subject: PermissionSubject, rules: RuleSet = .none) throws -> [String]? {
    try options(subject, rules: rules).first { $0.kind == .allowAlways }?.rules.map(\.text)
  }

  private static let cases: [(PermissionSubject, [String]?)] = [
    (.write("src/a.c"), ["edit_file(src/a.c)"]), (.write("a[1]*.c"), ["edit_file(a\\[1]\\*.c)"]),
    (.write("/etc/x"), ["edit_file(//etc/x)"]),
    (.write("x/../a"), ["edit_file(a)"]), (.write("/w/a"), ["edit_file(a)"]), (.write("a", isInside: false), nil),
    (.delete("a"), ["delete_file(a)"]),
    (.write("a\nb"), nil), (.write("a\u{FFFD}"), nil), (.move("a", "b"), ["move_file(a)", "move_file(b)"]),
    (.move("a", "a"), ["move_file(a)"]),
    (.run("git status"), ["execute_command(git status:*)"]),
    (.run("git status -s x"), ["execute_command(git status:*)"]), (.run("ls -l"), ["execute_command(ls:*)"]),
    (.run("git push origin x"), ["execute_command(git push origin x)"]),
    (.run("git -C x status"), ["execute_command(git -C x status)"]), (.run("git"), ["execute_command(git)"]),
    (.run("rm -rf build"), ["execute_command(rm -rf build)"]),
    (.run("python3 x.py"), ["execute_command(python3 x.py)"]),
    (.run("npm run test"), ["execute_command(npm run test)"]),
    (.run("npm test -- x"), ["execute_command(npm test -- x)"]), (.run("make"), ["execute_command(make)"]),
    (.run("rm *"), nil), (.run("$x"), nil), (.run("a > b"), nil), (.run("A=1 b"), nil),
    (.run("git add . && git commit -m 'x y'"), ["execute_command(git add .)", "execute_command(git commit -m 'x y')"]),
    (.run("git log; git log -1"), ["execute_command(git log:*)"]),
    (.run("git fetch ."), ["execute_command(git fetch .)"]),
    (.run("git log --output=x"), ["execute_command(git log --output=x)"]), (.run("cat a"), ["execute_command(cat:*)"]),
    (.run("cat /etc/x"), ["execute_command(cat /etc/x)"]), (.run("cat .env"), ["execute_command(cat .env)"]),
    (.run("cat < /etc/x"), nil), (.run("cat < a"), ["execute_command(cat:*)"]), (.run("ls *"), nil),
    (.run("gh pr view 5"), ["execute_command(gh pr view:*)"]),
    (.run("gh pr merge 5"), ["execute_command(gh pr merge 5)"]),
    (.run("git stash list"), ["execute_command(git stash list:*)"]),
    (.run("git branch -D x"), ["execute_command(git branch -D x)"]),
    (.run("swift test --filter X"), ["execute_command(swift test:*)"]),
    (.run("go test -exec x"), ["execute_command(go test -exec x)"]),
    (.run("cargo check"), ["execute_command(cargo check:*)"]), (.run("sed -n 5p a"), ["execute_command(sed:*)"]),
    (.run("sed -i s/a/b/ a"), ["execute_command(sed -i s/a/b/ a)"]),
    (.run("find . -name x"), ["execute_command(find:*)"]),
    (
      .run("cd x && make -j4 | tail -5"),
      ["execute_command(cd x)", "execute_command(make -j4)", "execute_command(tail:*)"]
    ), (.run("timeout 5 make"), ["execute_command(make)"]),
    (.run("sudo make"), ["execute_command(sudo make)", "execute_command(make)"]),
    (.run("echo 'a b' \"$x\""), ["execute_command(echo:*)"]), (.run("'a b' c"), ["execute_command('a b' c)"]),
    (.run("a; b; c; d; e"), ["a", "b", "c", "d", "e"].map { "execute_command(\($0))" }),
    (.run("a; b; c; d; e; f"), nil), (.run("ls", in: "/", isInside: false), nil),
    (.run("/bin/ls x"), ["execute_command(/bin/ls x)"]), (.run("a 'x\ny'"), nil), (.run("true"), nil),
    (.run("git stat\\us"), ["execute_command(git status:*)"]),
    (.run("sh -c 'ls'"), ["execute_command(sh -c ls)", "execute_command(ls:*)"]),
    (.run("find . -delete"), ["execute_command(find . -delete)"]), (.run("xargs make"), nil),
  ]

  @Test(arguments: cases.indices) func `offer the rule that "always" would add, when there is a narrow one`(number: Int)
    throws
  {
    let (subject, expected) = Self.cases[number]
    #expect(try always(subject) == expected)
    guard let expected else { return }
    // With the rules that were shown, the same call is not asked again; and "never" refuses it.
    var policy = PermissionPolicy(workspace: "/w", rules: try rules(allow: expected))
    #expect(word(policy.decide(subject, canAsk: true)) == "allowed")
    policy.rules = try rules(deny: expected)
    #expect(word(policy.decide(subject, canAsk: true)) == "refused")
  }

  @Test func `are told apart by their kinds, and say what they add`() throws {
    let found = try options(.run("git status"))
    #expect(found.map(\.id) == ["allowOnce", "allowAlways", "rejectOnce", "rejectAlways"])
    #expect(found.map(\.kind.allows) == [true, true, false, false])
    #expect(found[1].name == "Always allow execute_command(git status:*)")
    #expect(try options(.run("git add x; git status")).map(\.id) == ["allowOnce", "allowAlways", "rejectOnce"])
    #expect(try options(.run("$x")).map(\.id) == ["allowOnce", "rejectOnce"])
  }

  @Test func `offer only the rules that are missing`() throws {
    let subject = PermissionSubject(
      tool: "t", actions: [.write(path: "a", isInside: true), .delete(path: "b", isInside: true)])
    #expect(try always(subject, rules: rules(allow: ["t(a)"])) == ["t(b)"])
  }

  @Test func `offer no rule that another rule would overrule`() throws {
    #expect(
      try options(.write("a"), rules: rules(ask: ["edit_file"])).map(\.id) == [
        "allowOnce", "rejectOnce", "rejectAlways",
      ])
    #expect(
      try options(.run("$x"), mode: .bypass, rules: rules(deny: ["execute_command(rm:*)"])).map(\.id) == [
        "allowOnce", "rejectOnce",
      ])
  }

  @Test(
    arguments: [
      (
        PermissionSubject.write("src/a"), PermissionMode.readOnly,
        "refused: edit_file wants to change src/a, it changes files, and the mode is readOnly; --allow edits allows it, and so does --rule 'allow:edit_file(src/a)'"
      ),
      (
        .run("make"), .ask,
        "refused: execute_command wants to run the command: make, it runs a command, and nobody can be asked; --allow commands allows it, and so does --rule 'allow:execute_command(make)'"
      ),
      (
        .delete("a"), .acceptEdits,
        "refused: delete_file wants to delete a, it deletes, and nobody can be asked; --allow all allows it, and so does --rule 'allow:delete_file(a)'"
      ),
      (
        .read("/etc/x", isInside: false), .readOnly,
        "refused: read_file wants to read /etc/x, it is outside the workspace, and the mode is readOnly; --allow all allows it, and so does --rule 'allow:read_file(//etc/x)'"
      ),
      (
        .run("$x\u{1B}[2J"), .readOnly,
        "refused: execute_command wants to run the command: $x\\u{1B}[2J, it runs a command that no rule can allow: it holds the character U+1B, which is not what it looks like, and the mode is readOnly; --allow commands allows it"
      ),
    ] as [(PermissionSubject, PermissionMode, String)])
  func `are replaced by a notice of what would allow it, where nobody answers`(
    subject: PermissionSubject, mode: PermissionMode, notice: String
  ) throws {
    guard case .refused(let refusal) = PermissionPolicy(workspace: "/w", mode: mode).decide(subject, canAsk: false)
    else { throw CancellationError() }
    #expect(refusal.notice == notice)
    #expect(refusal.message.hasPrefix("Refused: "))
    // The flag that the notice names does allow it.
    let flag = try #require(notice.split(separator: "--allow ").last?.prefix { $0.isLetter })
    let grant = try #require(PermissionGrant(rawValue: String(flag)))
    let policy = PermissionPolicy(workspace: "/w", mode: mode, grant: grant)
    #expect(word(policy.decide(subject, canAsk: false)) == "allowed")
  }

  @Test func `name the rule that forbids`() throws {
    let policy = PermissionPolicy(workspace: "/w", mode: .bypass, rules: try rules(deny: ["edit_file(a)"]))
    guard case .refused(let refusal) = policy.decide(.write("a"), canAsk: true) else { throw CancellationError() }
    #expect(refusal.notice == "refused: edit_file wants to change a; the deny rule 'edit_file(a)' forbids it")
  }
}
