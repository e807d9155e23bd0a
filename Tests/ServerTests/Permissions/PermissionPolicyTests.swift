import Protocol
import Server
import Testing

/// What a decision is, in one word.
func word(_ decision: PermissionDecision) -> String {
  switch decision {
  case .allowed: "allowed"
  case .ask: "ask"
  case .refused: "refused"
  }
}

/// Rules as they are written.
func rules(allow: [String] = [], ask: [String] = [], deny: [String] = []) throws -> RuleSet {
  try RuleSet(
    allow: allow.map { try PermissionRule($0) }, ask: ask.map { try PermissionRule($0) },
    deny: deny.map { try PermissionRule($0) })
}

extension PermissionSubject {
  static func read(_ path: String, isInside: Bool = true) -> PermissionSubject {
    PermissionSubject(tool: "read_file", actions: [.read(path: path, isInside: isInside)])
  }
  static func write(_ path: String, isInside: Bool = true) -> PermissionSubject {
    PermissionSubject(tool: "edit_file", actions: [.write(path: path, isInside: isInside)])
  }
  static func delete(_ path: String, isInside: Bool = true) -> PermissionSubject {
    PermissionSubject(tool: "delete_file", actions: [.delete(path: path, isInside: isInside)])
  }
  static func move(_ source: String, _ destination: String, isInside: Bool = true) -> PermissionSubject {
    PermissionSubject(tool: "move_file", actions: [.move(source: source, destination: destination, isInside: isInside)])
  }
  static func fetch(_ url: String) -> PermissionSubject {
    let place = url.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    return PermissionSubject(tool: "fetch_url", actions: [.fetch(url: url, place: place)])
  }
  static func run(_ command: String, in folder: String = ".", isInside: Bool = true) -> PermissionSubject {
    PermissionSubject(
      tool: "execute_command", actions: [.execute(command: command, folder: folder, isInside: isInside)])
  }
}

@Suite struct `A permission` {
  @Test func `reaches hosts that are not public only where a rule names them`() throws {
    for (rule, place, isPermitted) in [
      ("fetch_url(127.0.0.1:8080)", "127.0.0.1:8080", true), ("fetch_url(127.0.0.1)", "127.0.0.1:8080", true),
      ("fetch_url(127.0.0.1:8080)", "127.0.0.1:80", false), ("fetch_url", "127.0.0.1", false),
      ("fetch_url(*.local)", "a.local", false), ("fetch_url(a.local)", "a.local", true),
    ] {
      let policy = PermissionPolicy(workspace: "/w", mode: .bypass, rules: try rules(allow: [rule]), grant: .all)
      #expect(policy.privateHosts.permits(place) == isPermitted, "\(rule) \(place)")
    }
  }

  @Test(arguments: ["https://a.com", "a.com/x", "*", "*.", "a b", ":80", "a:b"])
  func `of hosts has a rule that is one`(pattern: String) {
    #expect(throws: PermissionRule.Problem.self) { try PermissionRule("fetch_url(\(pattern))") }
  }

  @Test func `for always is for that host alone`() throws {
    let policy = PermissionPolicy(workspace: "/w", mode: .ask, rules: .none, grant: nil)
    guard case .ask(let prompt) = policy.decide(.fetch("https://a.com/x?y"), canAsk: true) else {
      Issue.record("it was not asked")
      return
    }
    #expect(prompt.options.flatMap(\.rules).contains { $0.text == "fetch_url(a.com)" })
  }

  private static let calls: [(PermissionSubject, String)] = [
    // ask, acceptEdits, readOnly, bypass, ask with --allow edits, commands, all: a allowed, q asked, r refused
    (.read("a"), "aaaaaaa"), (.read("."), "aaaaaaa"), (.read("/etc/x", isInside: false), "qqraqqa"),
    (.read("../x"), "qqraqqa"),
    (.read("a", isInside: false), "qqraqqa"), (.read("/work/space/a"), "aaaaaaa"), (.write("a"), "qaraaaa"),
    (.write("../x"), "qqraqqa"),
    (.write("/etc/x", isInside: false), "qqraqqa"), (.write("/etc/x"), "qqraqqa"), (.write("a/../../x"), "qqraqqa"),
    (.move("a", "b"), "qaraaaa"), (.move("a", "/b", isInside: false), "qqraqqa"), (.move("/b", "a"), "qqraqqa"),
    (.delete("a"), "qqraqqa"), (.delete("/a", isInside: false), "qqraqqa"), (.run("ls"), "qqraqaa"),
    (.run("$x"), "qqraqaa"),
    (.run("ls", in: "/", isInside: false), "qqraqqa"), (.run(""), "qqraqaa"), (.write(".git/hooks/x"), "qqraqaa"),
    (.write("a/.GIT/config"), "qqraqaa"), (.move("a", ".git/hooks/b"), "qqraqaa"), (.write(".gitignore"), "qaraaaa"),
    (.read(".git/config"), "aaaaaaa"),
    (PermissionSubject(tool: "mine", actions: [.clientTool]), "aaaaaaa"),
    (PermissionSubject(tool: "update_plan", actions: []), "aaaaaaa"), (.fetch("https://example.com/a"), "qqraqaa"),
    (
      PermissionSubject(tool: "t", actions: [.read(path: "a", isInside: true), .delete(path: "b", isInside: true)]),
      "qqraqqa"
    ),
  ]

  @Test(arguments: calls.indices) func `is what the mode and the grant say`(number: Int) {
    let (subject, expected) = Self.calls[number]
    let situations: [(PermissionMode, PermissionGrant?)] = [
      (.ask, nil), (.acceptEdits, nil), (.readOnly, nil), (.bypass, nil), (.ask, .edits), (.ask, .commands),
      (.ask, .all),
    ]
    for ((mode, grant), letter) in zip(situations, expected) {
      let policy = PermissionPolicy(workspace: "/work/space", mode: mode, grant: grant)
      let found = word(policy.decide(subject, canAsk: true))
      #expect(
        found == ["a": "allowed", "q": "ask", "r": "refused"][letter], "\(mode) \(String(describing: grant)) \(subject)"
      )
      // Without anyone to ask, what would be asked is refused, and nothing else changes.
      let alone = word(policy.decide(subject, canAsk: false))
      #expect(alone == (found == "ask" ? "refused" : found))
      // The mode readOnly changes nothing about what is granted.
      let reading = PermissionPolicy(
        workspace: "/work/space", mode: .readOnly, grant: max(grant ?? .edits, mode.grant ?? .edits))
      if grant != nil { #expect(word(reading.decide(subject, canAsk: true)) == (found == "ask" ? "refused" : found)) }
    }
  }

  @Test(
    arguments: [
      ("edit_file(src/**)", PermissionSubject.write("src/a"), "allowed"),
      ("edit_file(src/**)", .write("src/../a"), "ask"),
      ("edit_file(src/**)", .write("a"), "ask"), ("write_file(src/**)", .write("src/a"), "ask"),
      ("*(src/**)", .write("src/a"), "allowed"),
      ("*(src/**)", .delete("src/a"), "allowed"), ("*(**)", .run("ls"), "ask"), ("edit_file", .write("a"), "allowed"),
      ("edit_file", .write("/etc/x", isInside: false), "ask"),
      ("edit_file(**)", .write("/etc/x", isInside: false), "ask"),
      ("edit_file(//etc/**)", .write("/etc/x", isInside: false), "allowed"),
      ("edit_file(//etc/**)", .write("/etc/../x", isInside: false), "ask"),
      ("edit_file(//**)", .write("a", isInside: false), "ask"), ("edit_file(a)", .write("a", isInside: false), "ask"),
      ("edit_file(src)", .write("src/a"), "ask"), ("delete_file(a)", .delete("a"), "allowed"),
      ("delete_file", .delete("a"), "allowed"),
      ("move_file(a)", .move("a", "b"), "ask"), ("move_file(src/**)", .move("src/a", "src/b"), "allowed"),
      ("move_file(src/**)", .move("src/a", "b"), "ask"),
      ("edit_file(.git/config)", .write(".git/config"), "allowed"), ("execute_command", .run("$x > y"), "allowed"),
      ("execute_command", .run("ls", in: "/", isInside: false), "ask"),
      ("execute_command(ls:*)", .run("ls -l"), "allowed"),
      ("execute_command(ls:*)", .run("ls", in: "/", isInside: false), "ask"),
      ("execute_command(ls:*)", .run("ls; rm x"), "ask"),
      ("execute_command(ls:*)", .run("ls $(rm x)"), "ask"), ("execute_command(ls:*)", .run("ls > x"), "ask"),
      ("execute_command(ls:*)", .run("ls && ls"), "allowed"),
      ("execute_command(ls:*)", .run("ls || true"), "allowed"), ("execute_command(ls:*)", .run("true"), "ask"),
      ("execute_command(ls:*)", .run("timeout 5 ls"), "allowed"),
      ("execute_command(ls:*)", .run("./timeout 5 ls"), "ask"), ("execute_command(ls:*)", .run("sudo ls"), "ask"),
      ("execute_command(ls:*)", .run("A=1 ls"), "ask"),
      ("execute_command(ls:*)", .run("sh -c ls"), "ask"),
      ("execute_command(echo:*)", .run("echo x > ~/.bashrc"), "ask"),
      ("execute_command(ls:*)", .run("ls\nrm x"), "ask"), ("execute_command(ls:*)", .run("ls # x\nrm y"), "ask"),
      ("execute_command(ls:*)", .run("ls & rm x"), "ask"),
      ("execute_command(ls:*)", .run("ls\u{2028}rm"), "ask"),
      ("execute_command(ls:*)", .run("ls() { rm x; }; ls"), "ask"),
      ("execute_command(ls:*)", .run("alias ls=rm\nls x"), "ask"), ("execute_command(ls:*)", .run("cd /; ls"), "ask"),
      ("execute_command(ls:*)", .run("./true; ls"), "ask"),
      ("execute_command(ls:*)", .run("LS"), "ask"), ("execute_command(ls:*)", .run("if ls; then ls; fi"), "allowed"),
      ("execute_command(ls:*)", .run("ls <<E\n$(rm x)\nE"), "ask"),
      ("execute_command(ls:*)", .run("ls | tail"), "ask"),
      ("execute_command(ls:*)", .run("{ ls; } 2>/dev/null"), "allowed"),
      ("execute_command(xargs:*)", .run("xargs rm"), "ask"),
      ("execute_command(find:*)", .run("find . -exec rm {} +"), "ask"),
      ("execute_command(find:*)", .run("find . -name x"), "allowed"), ("mine", .run("ls"), "ask"),
    ] as [(String, PermissionSubject, String)])
  func `is given by a rule that allows, no further than it says`(
    rule: String, subject: PermissionSubject, expected: String
  ) throws {
    let policy = PermissionPolicy(workspace: "/work/space", rules: try rules(allow: [rule]))
    #expect(word(policy.decide(subject, canAsk: true)) == expected)
    #expect(word(policy.decide(subject, canAsk: false)) == (expected == "ask" ? "refused" : expected))
  }

  @Test func `is given for a line when each command has a rule`() throws {
    let policy = PermissionPolicy(
      workspace: "/w",
      rules: try rules(allow: ["execute_command(git add:*)", "execute_command(git commit:*)", "execute_command(cat)"]))
    let line = "git add . && git commit -m \"$(cat <<'E'\nIt's (done); rm -rf /\nE\n)\""
    #expect(word(policy.decide(.run(line), canAsk: true)) == "allowed")
    #expect(
      word(policy.decide(.run(line.replacing("<<'E'", with: "<<E").replacing("rm", with: "$(rm)")), canAsk: true))
        == "ask")
  }

  @Test(
    arguments: [
      ("read_file(.env)", PermissionSubject.read(".env"), "refused"),
      ("read_file(.env)", .read("./x/../.env"), "refused"),
      ("read_file(.env)", .read("/work/space/.env"), "refused"), ("read_file(**/.env)", .read("a/b/.env"), "refused"),
      ("read_file(.env)", .read(".ENV"), "allowed"),
      ("read_file(//work/space/.env)", .read(".env"), "refused"),
      ("read_file(//etc/**)", .read("/etc/x", isInside: false), "refused"),
      ("read_file", .read("/etc/x", isInside: false), "refused"),
      ("read_file(secrets)", .read("secrets/a/b"), "refused"), ("read_file", .write("a"), "allowed"),
      ("*(secrets/**)", .move("a", "secrets/b"), "refused"), ("*(secrets/**)", .move("secrets/b", "a"), "refused"),
      ("*(secrets/**)", .delete("secrets"), "ask"),
      ("*(secrets/key)", .delete("."), "ask"), ("*(secrets/key)", .move("secrets", "open"), "ask"),
      ("*(secrets/key)", .read("."), "allowed"),
      ("execute_command", .run("ls"), "refused"), ("execute_command(rm:*)", .run("ls"), "allowed"),
      ("update_plan", PermissionSubject(tool: "update_plan", actions: []), "refused"),
      ("fetch_url", .fetch("https://a.com/x"), "refused"), ("fetch_url(a.com)", .fetch("https://a.com/x"), "refused"),
      ("fetch_url(A.com)", .fetch("http://a.com:81/"), "refused"),
      ("fetch_url(a.com:80)", .fetch("http://a.com:81/"), "allowed"),
      ("fetch_url(a.com)", .fetch("https://b.a.com/"), "allowed"),
      ("fetch_url(*.a.com)", .fetch("https://b.a.com/"), "refused"),
      ("fetch_url(*.a.com)", .fetch("https://a.com/"), "allowed"),
      ("fetch_url([::1]:8)", .fetch("http://[::1]:8/"), "refused"),
      ("mine", PermissionSubject(tool: "mine", actions: [.clientTool]), "refused"),
    ] as [(String, PermissionSubject, String)])
  func `is refused by a rule that denies, whatever else is said`(
    rule: String, subject: PermissionSubject, expected: String
  ) throws {
    let policy = PermissionPolicy(
      workspace: "/work/space", mode: .bypass, rules: try rules(allow: ["*(//**)", "execute_command"], deny: [rule]),
      grant: .all, foldsCase: false)
    #expect(word(policy.decide(subject, canAsk: true)) == expected)
    let asking = PermissionPolicy(
      workspace: "/work/space", mode: .bypass, rules: try rules(allow: ["*(//**)", "execute_command"], ask: [rule]),
      grant: .all, foldsCase: false)
    #expect(word(asking.decide(subject, canAsk: true)) == (expected == "refused" ? "ask" : expected))
    #expect(word(asking.decide(subject, canAsk: false)) == (expected == "allowed" ? "allowed" : "refused"))
  }

  @Test func `is refused by a rule whose letters are of another case, where files do not tell`() throws {
    let rules = try rules(deny: ["read_file(.env)"])
    #expect(
      word(PermissionPolicy(workspace: "/w", rules: rules, foldsCase: true).decide(.read(".ENV"), canAsk: true))
        == "refused")
  }

  @Test func `is denied before it is asked, and asked before it is allowed`() throws {
    var policy = PermissionPolicy(
      workspace: "/w", rules: try rules(allow: ["edit_file"], ask: ["edit_file(a*)"], deny: ["edit_file(ab)"]))
    #expect(word(policy.decide(.write("c"), canAsk: true)) == "allowed")
    #expect(word(policy.decide(.write("a"), canAsk: true)) == "ask")
    #expect(word(policy.decide(.write("ab"), canAsk: true)) == "refused")
    policy.mode = .readOnly
    #expect(word(policy.decide(.write("c"), canAsk: true)) == "allowed")
    #expect(word(policy.decide(.write("a"), canAsk: true)) == "refused")
  }

  @Test func `tells a tool what to leave out`() throws {
    let policy = PermissionPolicy(workspace: "/w", rules: try rules(deny: ["search_files(**/.env)", "*(secrets/**)"]))
    let search = PermissionSubject(tool: "search_files", actions: [.read(path: ".", isInside: true)])
    let searched = policy.reading(by: ["search_files"], in: search)
    #expect(!searched.permits("a/.env") && !searched.permits("secrets/a") && searched.permits("secret"))
    #expect(policy.reading(by: ["read_file"], in: search).permits("a/.env"))
    #expect(!policy.reading(by: ["read_file"], in: search).permits("secrets/a"))
  }

  @Test func `leaves out what is to be asked about, unless it was asked about with the call`() throws {
    let policy = PermissionPolicy(
      workspace: "/w", rules: try rules(ask: ["read_file(keys/**)", "search_files(src/**)"]))
    let all = PermissionSubject(tool: "search_files", actions: [.read(path: ".", isInside: true)])
    let part = PermissionSubject(tool: "search_files", actions: [.read(path: "src/deep", isInside: true)])
    let tools = ["search_files", "read_file"]
    #expect(!policy.reading(by: tools, in: all).permits("keys/a"))
    #expect(!policy.reading(by: tools, in: all).permits("src/a"))
    #expect(policy.reading(by: tools, in: part).permits("src/deep/a"))
    #expect(PermissionPolicy(workspace: "/w").reading(by: tools, in: all).permits("anything"))
  }
}
