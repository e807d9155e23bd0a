import Foundation
import OperatingSystem
import Server
import Testing

@Suite struct `Skills and commands` {
  private let folder: WorkspaceFolder

  init() throws { folder = try WorkspaceFolder() }

  private static let plain = InstructionSources(files: .system, links: .system)

  private func find(
    _ workspace: String = "r", repository: String? = nil, home: String? = "home",
    from sources: InstructionSources = plain
  ) throws -> Skills {
    Skills(
      workspace: try folder.path(workspace), repository: try repository.map { try folder.path($0) },
      home: try home.map { try folder.path($0) }, taken: ["compact"], reading: sources)
  }

  private func write(skill path: String, _ description: String, _ more: String = "") throws {
    try folder.write("\(path)/SKILL.md", "---\ndescription: \(description)\n\(more)---\nText of \(path).\n")
  }

  private func paths(_ skills: Skills) -> [String] {
    skills.all.map { String($0.path.description.dropFirst(folder.url.path.count + 1)) }
  }

  @Test func `lie in the folder, in those above it up to the repository's top, and at home`() throws {
    for (number, place) in Skills.skillFolders.enumerated() {
      for top in ["r", "r/a", "r/a/b", "home", "."] {
        try write(skill: "\(top)/\(place)/\(top.last ?? ".")\(number)", "d")
      }
    }
    for (number, place) in Skills.commandFolders.enumerated() {
      for top in ["r", "r/a", "home"] { try folder.write("\(top)/\(place)/c\(top.last ?? ".")\(number).md", "text") }
    }
    let found = try find("r/a", repository: "r")
    #expect(
      found.all.map(\.name) == [
        "a0", "a1", "a2", "ca0", "ca1", "ce0", "ce1", "cr0", "cr1", "e0", "e1", "e2", "r0", "r1", "r2",
      ])
    #expect(found.all.filter(\.isPersonal).map(\.name) == ["ce0", "ce1", "e0", "e1", "e2"])
    #expect(found.notices == [])
    #expect(try find("r/a", home: nil).all.map(\.name) == ["a0", "a1", "a2", "ca0", "ca1"])
    #expect(try find("r/a", repository: "other", home: nil).all.count == 5)
  }

  @Test func `of one name are the person's, then the nearest, then the skill; the other is named`() throws {
    try write(skill: "r/.claude/skills/x", "far")
    try write(skill: "r/a/.claude/skills/x", "near")
    try folder.write("r/a/.claude/commands/x.md", "near command")
    #expect(paths(try find("r/a", repository: "r")) == ["r/a/.claude/skills/x/SKILL.md"])
    try folder.write("home/.claude/commands/x.md", "mine")
    let found = try find("r/a", repository: "r")
    #expect(paths(found) == ["home/.claude/commands/x.md"])
    #expect(
      found.notices.count == 3 && found.notices.allSatisfy { $0.hasSuffix("home/.claude/commands/x.md has that name") })
  }

  @Test func `that are one by a link, or a copy, are one without a word`() throws {
    try write(skill: "r/.agents/skills/x", "d")
    try folder.write("r/.claude/skills/other.md", "no skill")
    try folder.link("r/.claude/skills/x", to: "../../.agents/skills/x")
    try folder.write("r/.claude/commands/c.md", "same")
    try folder.write("home/.claude/commands/c.md", "same")
    let found = try find()
    #expect(found.all.map(\.name) == ["c", "x"] && found.notices == [])
    // At home itself nothing is there twice.
    #expect(try find("home").notices == [])
  }

  @Test func `tell of themselves in their front matter, or by their first paragraph`() throws {
    try folder.write(
      "r/.claude/skills/a/SKILL.md",
      "---\nname: Other\ndescription: >\n  One\n  line.\nwhen_to_use: Often.\nargument-hint: [x] [y]\n---\nText")
    try folder.write("r/.claude/commands/b.md", "\n# Title of\nit\n\nmore")
    try folder.write("r/.claude/commands/c.md", "---\ndescription: \"a\\u001b[2Jb\\u202ec\"\n---\nx")
    let all = try find().all
    #expect(all.map(\.description) == ["One line. Often.", "Title of it", "a?[2Jb?c"])
    #expect(all.map(\.hint) == ["[x] [y]", nil, nil])
    #expect(all.map(\.isForModel) == [true, false, false] && all.allSatisfy(\.isForPerson))
  }

  @Test func `are told to models by name and description, those for models only`() throws {
    #expect(try find().told == nil)
    try folder.write("r/.claude/commands/c.md", "text")
    try write(skill: "r/.claude/skills/hidden", "d", "disable-model-invocation: true\n")
    #expect(try find().told == nil)
    try write(skill: "r/.claude/skills/b", "Of b.", "user-invocable: false\n")
    try write(skill: "r/.claude/skills/a", "Of a.")
    #expect(try find().told?.hasSuffix(":\n- a: Of a.\n- b: Of b.") == true)
    #expect(try find().called("b") == nil && find().known("hidden") == nil && find().called("hidden") != nil)
  }

  @Test(arguments: [10, 50, 300]) func `are told within bounds, the long ones cut first`(count: Int) throws {
    let long = String(repeating: "é", count: 700)
    for number in 0..<count { try write(skill: "r/.claude/skills/skill-\(number)", number % 2 == 0 ? "short" : long) }
    let told = try #require(try find().told)
    #expect(told.utf8.count <= SkillLimits.listingMax + 200)
    #expect(told.split(separator: "\n").count == count + 1)
    if count <= 50 { #expect(told.components(separatedBy: ": short").count == count / 2 + 1) }
    if count == 50 { #expect(told.utf8.count > SkillLimits.listingMax - 500 && told.contains("é…")) }
    if count == 10 { #expect(!told.contains("…")) }
  }

  @Test func `are named where nobody could call them`() throws {
    let long = String(repeating: "n", count: 129)
    for name in ["a b", "a\u{7}b", "a\u{202E}b", "a$b", "a`b", long] {
      try write(skill: "r/.claude/skills/\(name)", "d")
    }
    try folder.write("r/.claude/commands/a b.md", "text")
    try folder.write("r/.claude/commands/compact.md", "text")
    try folder.write("r/.claude/commands/blank.md", " \n")
    try folder.write("r/.claude/commands/.hidden.md", "text")
    try folder.write("r/.claude/commands/notes.txt", "text")
    let found = try find()
    #expect(found.all == [])
    #expect(found.notices.count == 9)
    #expect(found.notices.count { $0.hasSuffix("its name is none that can be called") } == 7)
    #expect(found.notices.contains { $0.contains("a\\u{7}b") } && found.notices.contains { $0.contains("a\\u{202E}b") })
    #expect(found.notices.contains { $0.hasSuffix("'compact' is a command of this program") })
    #expect(found.notices.contains { $0.hasSuffix("blank.md is not used: it says nothing") })
  }

  @Test func `of a hostile project are left out, each named once`() throws {
    try write(skill: "out/s", "outside")
    try folder.write("out/c/d.md", "outside")
    try folder.write("r/.claude/skills/huge/SKILL.md", String(repeating: "x", count: SkillLimits.fileMax + 1))
    try folder.write("r/.claude/skills/binary/SKILL.md", [0, 1, 2, 0xFF])
    try folder.write("r/.claude/skills/folder/SKILL.md/x", "")
    try folder.write("r/.claude/skills/pipe/x", "")
    let made = unsafe mkfifo(folder.url.path + "/r/.claude/skills/pipe/SKILL.md", 0o600)
    #expect(made == 0)
    try folder.link("r/.claude/skills/linked", to: "../../../out/s")
    try folder.link("r/.claude/skills/gone", to: "nowhere")
    try folder.link("r/.claude/skills/self", to: "self")
    try folder.write("r/.claude/skills/device/x", "")
    try folder.link("r/.claude/skills/device/SKILL.md", to: "/dev/zero")
    try folder.link("r/.claude/commands", to: "../../out/c")
    try folder.link("r/.agents", to: "/")
    try folder.write("r/.wyn360/commands/a/b/c/d/e/f/g.md", "deep")
    try folder.link("r/.wyn360/commands/a/round", to: "../../commands")
    let found = try find()
    #expect(found.all == [])
    let named = ["huge", "binary", "folder", "pipe", "linked", "device", "commands is", "/f is"]
    for name in named { #expect(found.notices.count { $0.contains(name) } == 1, "\(name): \(found.notices)") }
    #expect(found.notices.count == named.count)
    #expect(found.notices.count { $0.contains("leads out of") } == 3)
  }

  @Test func `are as many as there is room for`() throws {
    for number in 0..<(SkillLimits.countMax + 30) { try folder.write("r/.claude/commands/c\(number).md", "\(number)") }
    let found = try find()
    #expect(found.all.count == SkillLimits.countMax)
    #expect(found.notices.count == SkillLimits.noticesMax + 1)
    #expect(found.notices.last == "and 10 more files of skills and commands are not used")
  }

  @Test func `are not read against a rule, nor followed where another user owns them`() throws {
    for name in ["a", "b", "c"] { try write(skill: "r/.claude/skills/\(name)", "d") }
    var files = FileSource.system
    files.isForeign = { $0.hasSuffix("/b/SKILL.md") || $0.hasSuffix("/skills/c") }
    let read = { @Sendable (path: String) in !path.contains("/a/") }
    var sources = InstructionSources(files: files, links: .system, mayRead: read)
    let found = try find(from: sources)
    #expect(found.all == [])
    #expect(found.notices.map { $0.contains("belongs to another user") } == [false, true, true])
    #expect(found.notices[0].hasSuffix("a rule of the person's stands in the way"))
    sources = InstructionSources(files: files, links: .system, mayFollow: { $0.contains("/c/") })
    #expect(try find(from: sources).all.map(\.name) == ["a", "c"])
  }

  @Test func `ask for things in vain, which is said in one line`() throws {
    try write(
      skill: "r/.claude/skills/a", "d", "allowed-tools: Bash(rm:*)\nhooks:\n  Stop: []\nmodel: inherit\nlicense: MIT\n")
    try write(skill: "r/.claude/skills/b", "d", "allowed-tools: [Read]\nmodel: opus\nmetadata:\n  x: y\n")
    #expect(
      try find().notices == [
        "of what skills and commands say at their beginning this is not done here: allowed-tools (a, b), hooks (a), model (b)"
      ])
  }

  @Test func `have files beside them, which are read within the skill's folder only`() throws {
    try write(skill: "r/.claude/skills/a", "d")
    try folder.write("r/.claude/skills/a/docs/more.md", "more")
    try folder.write("r/.claude/skills/a/key.pem", "secret")
    try folder.write("r/.claude/skills/a/empty.md", "")
    try folder.write("r/x.md", "outside")
    try folder.link("r/.claude/skills/a/x.md", to: "../../../x.md")
    let skill = try #require(try find().known("a"))
    let sources = InstructionSources(files: .system, links: .system, mayShow: { !$0.hasSuffix(".pem") })
    func file(_ name: String) -> Result<SkillFile, SkillFile.Flaw> {
      Result { () throws(SkillFile.Flaw) in try SkillFile(name, of: skill, reading: sources) }
    }
    #expect(
      try file("docs/more.md").get().text == "more" && file("./docs/../empty.md").get().text == "(the file is empty)")
    for name in ["x.md", "../../../x.md", "/etc/hostname", "key.pem", "none.md", "docs", "a\0b"] {
      #expect(throws: SkillFile.Flaw.self) { try file(name).get() }
    }
  }
}
