import Foundation
import OperatingSystem
import Providers
import Server
import Testing

@Suite struct `A project's instructions` {
  private let folder: WorkspaceFolder

  init() throws { folder = try WorkspaceFolder() }

  private func read(
    _ workspace: String = "", repository: String? = nil, home: String? = nil,
    from sources: InstructionSources = InstructionSources(files: WorkspaceFolder.files, links: .system)
  ) throws -> ProjectInstructions {
    ProjectInstructions(
      workspace: try folder.path(workspace), repository: try repository.map { try folder.path($0) },
      home: try home.map { try folder.path($0) }, reading: sources)
  }

  private func names(_ instructions: ProjectInstructions) -> [String] {
    instructions.files.map { String($0.path.dropFirst(folder.url.path.count + 1)) }
  }

  @Test func `come from the repository's root down, the nearest last`() throws {
    for name in ["AGENTS.md", "r/AGENTS.md", "r/CLAUDE.md", "r/a/CLAUDE.md", "r/a/b/AGENTS.md", "r/a/b/c/AGENTS.md"] {
      try folder.write(name, "of \(name)")
    }
    let found = try read("r/a/b", repository: "r")
    #expect(names(found) == ["r/AGENTS.md", "r/CLAUDE.md", "r/a/CLAUDE.md", "r/a/b/AGENTS.md"])
    #expect(found.files.map(\.text) == names(found).map { "of \($0)" })
    #expect(found.notices == [])
    #expect(names(try read("r/a/b")) == ["r/a/b/AGENTS.md"])
    // A repository that does not hold the workspace says nothing about it.
    #expect(names(try read("r/a/b", repository: "other")) == ["r/a/b/AGENTS.md"])
  }

  @Test func `that are there twice are told once`() throws {
    try folder.write("AGENTS.md", "same")
    try folder.link("CLAUDE.md", to: "AGENTS.md")
    #expect(try read().files.count == 1)
    try folder.write("x/AGENTS.md", "same")
    try folder.write("x/CLAUDE.md", "same")
    #expect(try read("x").files.count == 1)
  }

  @Test func `of Claude Code lie beside them, and are the nearest`() throws {
    for name in ["CLAUDE.local.md", ".claude/CLAUDE.md", "CLAUDE.md", "AGENTS.md"] { try folder.write(name, name) }
    #expect(names(try read()) == ["AGENTS.md", "CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md"])
  }

  @Test func `begin with what the person wrote for all projects, which may import what lies at home`() throws {
    try folder.write("home/.claude/CLAUDE.md", "mine, and @style.md and @~/notes.md and @/etc/hostname")
    try folder.write("home/.claude/style.md", "style")
    try folder.write("home/notes.md", "notes")
    try folder.write("home/p/CLAUDE.md", "project, @~/notes.md")
    let found = try read("home/p", home: "home")
    #expect(
      names(found) == ["home/.claude/style.md", "home/notes.md", "home/.claude/CLAUDE.md", "home/p/CLAUDE.md"])
    #expect(found.files.map(\.isPersonal) == [true, true, true, false])
    #expect(found.notices.count == 2)
    #expect(found.notices.allSatisfy { $0.contains("leads out of") })
    // At home itself they are the person's, and nothing is told twice.
    #expect(names(try read("home", home: "home")) == names(found).dropLast())
  }

  @Test func `import files within the project, each shown before what imports it`() throws {
    try folder.write("r/CLAUDE.md", "@AGENTS.md\nSee @docs/a.md, and @../out.md.\n")
    try folder.write("r/AGENTS.md", "agents: @docs/c.md")
    try folder.write("r/docs/a.md", "a, with @b.md#part and @a.md and @../CLAUDE.md")
    try folder.write("r/docs/b.md", "b")
    try folder.write("r/docs/c.md", "c")
    try folder.write("out.md", "secret")
    let found = try read("r")
    #expect(names(found) == ["r/docs/c.md", "r/AGENTS.md", "r/docs/b.md", "r/docs/a.md", "r/CLAUDE.md"])
    #expect(
      found.files.map(\.text) == [
        "c", "agents: @docs/c.md", "b", "a, with @b.md#part and @a.md and @../CLAUDE.md",
        "@AGENTS.md\nSee @docs/a.md, and @../out.md.\n",
      ])
    #expect(found.notices.count == 1)
    #expect(found.notices.first?.contains("out.md, which") == true)
    #expect(found.notices.first?.contains("leads out of") == true)
  }

  @Test func `import what is meant as a path, and nothing that stands in code or a comment`() throws {
    let text = """
      @a.md, (@no1.md) me@no2.md **@no3.md** "@no4.md"
      - @b.md!
      @./c.md @sub/d\\ e.md @f.md#part\t@g.md.
      `@no5.md` and ``a ` @no6.md`` but `open @h.md
      ```swift
      @no7.md
      ~~~
      @no8.md
      ```
      ~~~~
      ```
      @no9.md
      ~~~
      ~~~~
      @i.md ```@no10.md```
      <!-- @no11.md
      @no12.md --> @j.md <!-- @no13.md --> @\u{E9}.md
      @ @@no14.md @
      """
    let meant = ["a.md", "b.md", "c.md", "sub/d e.md", "f.md", "g.md", "h.md", "i.md", "j.md", "\u{E9}.md"]
    for name in meant + (1...14).map({ "no\($0).md" }) { try folder.write(name, name) }
    try folder.write("CLAUDE.md", text)
    let found = try read()
    #expect(names(found) == meant + ["CLAUDE.md"])
    #expect(found.notices == [])
  }

  @Test func `import no secrets, nothing that a rule forbids, no folder, and name what is not there`() throws {
    try folder.write("CLAUDE.md", "@.env @denied.md @src @gone.md @org/package @someone @dev/null.txt")
    for name in [".env", "denied.md", "src/x"] { try folder.write(name, "secret") }
    let found = try read(
      from: InstructionSources(
        files: WorkspaceFolder.files, links: .system, mayRead: { !$0.hasSuffix("denied.md") },
        mayShow: { !$0.hasSuffix(".env") }))
    #expect(names(found) == ["CLAUDE.md"])
    #expect(found.notices.count == 4)
    for said in ["secrets are kept", "a rule of the person's", "gone.md, which is not there", "dev/null.txt, which is"]
    {
      #expect(found.notices.contains { $0.contains(said) }, "\(said) in \(found.notices)")
    }
  }

  @Test func `import in circles and for ever to an end`() throws {
    try folder.write("CLAUDE.md", "@0.md")
    for number in 0..<9 { try folder.write("\(number).md", "\(number) @\(number + 1).md @CLAUDE.md") }
    let found = try read()
    #expect(found.files.count == PromptLimits.importDepthMax + 1)
    #expect(found.notices.contains { $0.contains("too deep") })
    let many = (0..<PromptLimits.importsMax + 9).map { "@m\($0).md" }
    try folder.write("b/CLAUDE.md", many.joined(separator: " "))
    for name in many { try folder.write("b/" + name.dropFirst(), name) }
    let wide = try read("b")
    #expect(wide.files.count == PromptLimits.importsMax + 1)
    #expect(wide.notices.contains { $0.contains("the first \(PromptLimits.importsMax) are read") })
  }

  @Test func `are not read through a link that leads out`() throws {
    try folder.write("out/notes.md", "outside")
    try folder.write("r/AGENTS.md", "inside")
    try folder.link("r/CLAUDE.md", to: "../out/notes.md")
    let found = try read("r", repository: "r")
    #expect(names(found) == ["r/AGENTS.md"])
    #expect(found.notices.count == 1)
    #expect(found.notices.first?.contains("leads out") == true)
    // A folder beside it whose name begins alike is outside, too.
    try folder.write("r2/notes.md", "outside")
    try folder.link("r/a.md", to: "../r2/notes.md")
    try FileManager.default.removeItem(at: folder.url.appending(path: "r/CLAUDE.md"))
    try folder.link("r/CLAUDE.md", to: "a.md")
    #expect(names(try read("r")) == ["r/AGENTS.md"])
  }

  @Test func `of another user's are not followed, unless that was said`() throws {
    for name in ["AGENTS.md", "a/AGENTS.md", "a/b/CLAUDE.md"] { try folder.write(name, "of \(name)") }
    let shared = try folder.path("a").description
    var files = WorkspaceFolder.files
    files.isForeign = { $0 == shared || $0 == shared + "/b/CLAUDE.md" }
    func read(following path: String? = nil) throws -> ProjectInstructions {
      ProjectInstructions(
        workspace: try folder.path("a/b"), repository: try folder.path(),
        reading: InstructionSources(files: files, links: .system, mayFollow: { $0 == path }))
    }
    let found = try read()
    #expect(names(found) == ["AGENTS.md"])
    #expect(found.notices.count == 2)
    #expect(
      found.notices.contains(
        "\(shared)/AGENTS.md is not followed: it belongs to another user; --rule 'allow:read_file(/\(shared)/AGENTS.md)' "
          + "has it followed"))
    #expect(names(try read(following: shared + "/AGENTS.md")) == ["AGENTS.md", "a/AGENTS.md"])
  }

  @Test(.enabled(if: getuid() == 0, "only root gives files away")) func `belong to whom the system says`() throws {
    try folder.write("AGENTS.md", "x")
    let path = try folder.path("AGENTS.md").description
    #expect(!FileSource.system.isForeign(path))
    try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: path)
    #expect(FileSource.system.isForeign(path))
    #expect(!FileSource.system.isForeign("/"))
  }

  @Test func `may lie behind a link inside, and below a workspace that is one`() throws {
    try folder.write("real/docs/rules.md", "rules")
    try folder.link("real/AGENTS.md", to: "docs/rules.md")
    try folder.link("link", to: "real")
    #expect(try read("link").files.map(\.text) == ["rules"])
  }

  @Test func `that are a device, a folder, empty or no text are passed over`() throws {
    try folder.link("AGENTS.md", to: "/dev/zero")
    try folder.write("CLAUDE.md/x", "")
    #expect(try read().files == [])
    #expect(try read().notices.count == 2)
    try folder.write("b/AGENTS.md", [0x61, 0, 0x62])
    try folder.write("b/CLAUDE.md", " \n\t")
    #expect(try read("b").files == [])
    #expect(try read("b").notices.first?.contains("no text") == true)
  }

  @Test(arguments: ["0123456789\n", "é", "x"]) func `that are too long are cut, and say so`(unit: String) throws {
    let long = String(repeating: unit, count: PromptLimits.instructionsFileMax + 1)
    try folder.write("AGENTS.md", long)
    let found = try read()
    let file = try #require(found.files.first)
    let lines = file.text.split(separator: "\n")
    #expect(lines.last?.hasPrefix("[cut here: ") == true)
    #expect(lines.last?.contains("of \(long.utf8.count) bytes") == true)
    let kept = file.text.dropLast(lines.last?.count ?? 0).dropLast()
    #expect(long.hasPrefix(kept))
    #expect(kept.utf8.count <= PromptLimits.instructionsFileMax)
    #expect(kept.utf8.count > PromptLimits.instructionsFileMax - 12)
    #expect(found.notices.count == 1)
  }

  @Test func `share their room, and the nearest get it first`() throws {
    for (number, name) in ["AGENTS.md", "a/AGENTS.md", "a/b/AGENTS.md", "a/b/c/AGENTS.md"].enumerated() {
      try folder.write(name, String(repeating: "\(number)", count: 30 * 1024))
    }
    let found = try read("a/b/c", repository: "")
    #expect(names(found) == ["a/AGENTS.md", "a/b/AGENTS.md", "a/b/c/AGENTS.md"])
    #expect(found.files.map { $0.text.contains("[cut here: ") } == [true, false, false])
    #expect(found.notices.count == 2)
    #expect(found.notices.first?.contains("fill all") == true)
  }
}
