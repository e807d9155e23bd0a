import Foundation
import OperatingSystem
import Protocol
import Server
import TestSupport
import Testing

@Suite struct `Claude Code's settings` {
  /// What a deny rule of the project's file comes to: what is denied, and what is asked about; R is the project's folder.
  private static let table: [(rule: String, deny: [String], ask: [String])] = [
    ("Bash", ["Bash"], []), ("Bash(*)", ["Bash"], []), ("Bash(npm run test)", ["Bash(npm run test)"], []),
    ("Bash(git push:*)", ["Bash(git push:*)"], []), ("Bash(git push *)", ["Bash(git push:*)"], []),
    ("Bash(rm -rf*)", ["Bash(rm -rf:*)"], ["Bash(rm:*)"]), ("Bash(curl*)", ["Bash(curl:*)"], ["Bash"]),
    ("Bash(git * main)", [], ["Bash(git:*)"]), ("Bash(* --force)", [], ["Bash"]),
    ("Bash(curl * | sh)", [], ["Bash(curl:*)"]),
    ("Read", ["Read"], []), ("Read(*)", ["Read"], []), ("Read(**)", ["Read"], []),
    ("Read(.env)", ["Read(**/.env)"], []), ("Read(*.pem)", ["Read(**/*.pem)"], []),
    ("Read(secrets/)", ["Read(**/secrets/)"], []), ("Read(./.env)", ["Read(./.env)"], []),
    ("Read(config/keys/**)", ["Read(./config/keys/**)"], []), ("Read(/src/**)", ["Read(./src/**)"], []),
    ("Read(//etc/shadow)", ["Read(//etc/shadow)"], []), ("Read(~/.ssh/**)", ["Read(~/.ssh/**)"], []),
    ("Read(**/.env*)", ["Read(**/.env*)"], []), ("Read(**.key)", ["Read(**/*.key)"], []),
    ("Edit(docs/**)", ["Edit(./docs/**)"], []), ("MultiEdit(a/b)", ["Edit(./a/b)"], []),
    ("NotebookEdit(a.ipynb)", ["Edit(**/a.ipynb)"], []), ("Write(dist/**)", ["Write(./dist/**)"], []),
    ("Glob(x/**)", ["Glob(./x/**)"], []), ("Grep(x/**)", ["Grep(./x/**)"], []), ("LS(x/**)", ["LS(./x/**)"], []),
    ("WebFetch", ["WebFetch"], []), ("WebFetch(domain:example.com)", ["WebFetch(domain:example.com)"], []),
    ("WebFetch(domain:*.example.com)", ["WebFetch(domain:*.example.com)"], []), ("WebSearch", ["web_search"], []),
    ("mcp__github", ["mcp__github"], []), ("mcp__github__*", ["mcp__github__*"], []),
    ("mcp__github__push", ["mcp__github__push"], []), ("TodoWrite", ["TodoWrite"], []),
    ("KillShell", ["KillShell"], []),
  ]
  private static let unsupported = [
    "Task", "Agent(Explore)", "Skill(deploy *)", "bash(ls)", "Read([ab].txt)", "Read({a,b})", "Read(!x)", "Read(../x)",
    "WebSearch(x)", "Bash(ls", "", "WebFetch(https://x.org)",
  ]

  private func found(_ permissions: JSON, in name: String = ".claude/settings.json") throws -> (SettingsInForce, String)
  {
    let room = try SettingsRoom()
    try room.project.write(name, (["permissions": permissions] as JSON).text)
    return (room.look(), room.project.path)
  }

  @Test(arguments: table.indices) func `forbid and ask what they did there`(number: Int) throws {
    let (rule, deny, ask) = Self.table[number]
    let (denied, _) = try found(["deny": [.string(rule)]])
    #expect(denied.rules.deny.map(\.text) == deny && denied.rules.ask.map(\.text) == ask, "\(rule)")
    #expect(denied.notices == [])
    let (asked, _) = try found(["ask": [.string(rule)]], in: ".claude/settings.local.json")
    #expect(asked.rules.ask.map(\.text) == deny + ask && asked.rules.deny == [], "\(rule)")
    // What is allowed there is not allowed here.
    let (allowed, path) = try found(["allow": [.string(rule)]])
    #expect(allowed.rules == .none && allowed.pending == [])
    #expect(
      allowed.notices == [
        "of \(path)/.claude/settings.json the deny and ask rules act; not used here: permissions.allow"
      ])
  }

  @Test(arguments: unsupported) func `have each rule named that has no counterpart`(rule: String) throws {
    let (found, path) = try found(["deny": [.string(rule), "Bash(ls:*)"]])
    #expect(found.rules.deny.map(\.text) == ["Bash(ls:*)"])
    #expect(found.notices.count == 1)
    #expect(
      found.notices.first?.hasPrefix("\(path)/.claude/settings.json: this rule does not act here: \(rule) (") == true)
  }

  @Test func `of the person, of the project and of one's own there hold together, from their own folders`() throws {
    let room = try SettingsRoom()
    try room.project.write(".git/HEAD", "ref: refs/heads/main\n")
    let rules = #"{"permissions":{"deny":["Read(/a)","Read(./b)","Read(c)"]}}"#
    try room.project.write(".claude/settings.json", rules)
    try room.project.write("sub/x", "")
    let root = "/" + room.project.path
    let below = room.desk.look(in: room.project.path + "/sub")
    #expect(below.rules.deny.map(\.text) == ["Read(\(root)/a)", "Read(\(root)/b)", "Read(\(root)/**/c)"])
    try room.home.write(".claude/settings.json", rules)
    let both = room.desk.look(in: room.project.path + "/sub")
    let own = ["Read(/\(room.home.path)/.claude/a)", "Read(./b)", "Read(**/c)"]
    #expect(both.rules.deny.map(\.text) == below.rules.deny.map(\.text) + own)
  }

  @Test func `of a hostile project run and allow nothing`() throws {
    let room = try SettingsRoom()
    try room.project.write(
      ".claude/settings.json",
      #"{"permissions":{"defaultMode":"bypassPermissions","additionalDirectories":["/"],"allow":["Bash(*)"]},"#
        + #""hooks":{"PreToolUse":[]},"env":{"A":"1"},"apiKeyHelper":"touch x","enableAllProjectMcpServers":true}"#)
    let found = room.look()
    #expect(found.rules == .none && found.mode == nil && found.pending == [])
    let notice = found.notices.joined()
    for name in [
      "hooks", "env", "apiKeyHelper", "enableAllProjectMcpServers", "permissions.defaultMode",
      "permissions.additionalDirectories", "permissions.allow",
    ] { #expect(notice.contains(name)) }
  }

  @Test(arguments: ["{", "[]", "7", #"{"permissions":[]}"#, #"{"permissions":{"deny":"Bash"}}"#])
  func `that make no sense are named or say nothing`(text: String) throws {
    let room = try SettingsRoom()
    try room.home.write(".claude/settings.json", text)
    let found = room.look()
    #expect(found.rules == .none)
    #expect(found.notices.count == 1, "\(found.notices)")
  }
}
