import Foundation
import OperatingSystem
import Protocol
import Server
import Testing

/// A command of a project, called by a prompt.
@Suite struct `A prompt that calls a command` {
  private let folder: WorkspaceFolder

  init() throws { folder = try WorkspaceFolder() }

  private func filled(_ prompt: Prompt) throws -> FilledPrompt? {
    let sources = InstructionSources(files: .system, links: .system)
    let (workspace, home) = (try folder.path("r"), try folder.path("home"))
    let skills = Skills(workspace: workspace, repository: nil, home: home, taken: ["compact"], reading: sources)
    let setting = FilledPrompt.Setting(folders: [workspace], home: home, sessionId: "session-1", sources: sources)
    return FilledPrompt(prompt, calling: skills, in: setting)
  }

  private func filled(_ text: String, by prompt: String) throws -> String {
    try folder.write("r/.claude/commands/c.md", text)
    return try #require(try filled(Prompt(prompt))).prompt.text
  }

  /// What a command says, what stands behind its name, and what comes of it.
  private static let texts: [(String, String, String)] = [
    ("do $ARGUMENTS now", "this \"and that\"", "do this \"and that\" now"), ("do $ARGUMENTS", "", "do "),
    ("do it", "this", "do it\n\nARGUMENTS: this"), ("do it", "  ", "do it"),
    ("#$1 by $2", "12 'Ann B'", "#12 by Ann B"), ("#$0 by $1", "12 'Ann B'", "#12 by Ann B"),
    ("$ARGUMENTS[0] $1", "a b", "a b"), ("$ARGUMENTS[1]", "a b", "b"), ("$1 $2 $3", "a b", "a b $3"),
    ("$1", "", "$1"), ("$10", "a", "$10\n\nARGUMENTS: a"), ("it costs \\$1, $1", "x", "it costs $1, x"),
    ("\\$ARGUMENTS", "x", "$ARGUMENTS\n\nARGUMENTS: x"), ("$ARGUMENTSX", "x", "$ARGUMENTSX\n\nARGUMENTS: x"),
    ("$1st", "x", "$1st\n\nARGUMENTS: x"), ("$HOME ${PATH} $", "x", "$HOME ${PATH} $\n\nARGUMENTS: x"),
    ("$1 $2", "$2 $ARGUMENTS", "$2 $ARGUMENTS"), ("$1|$2|$3", "don't x=\"a b\" \"\"", "don't|x=a b|"),
    ("$1|$2", "\"a \\\" b\" \"open", "a \" b|\"open"), ("$1|$2", "é\u{A0}ü", "é|ü"),
    ("---\narguments: [who, what]\n---\n$who does $what, $whom", "Ann \"the work\"", "Ann does the work, $whom"),
    ("${CLAUDE_SESSION_ID}", "", "session-1"),
  ]

  @Test(arguments: texts) func `has its words put in their places`(text: String, words: String, result: String) throws {
    #expect(try filled(text, by: "/c \(words)") == result)
  }

  @Test(arguments: [
    "c", "/ c", "//c", "/c/d", "/usr/bin/env x", "/d", "/", "", "a /c", "/c\u{200B}", "/C",
  ]) func `is a prompt like others where it calls none`(prompt: String) throws {
    try folder.write("r/.claude/commands/c.md", "text")
    #expect(try filled(Prompt(prompt)) == nil)
  }

  @Test func `keeps what is attached, and takes the first text for the call`() throws {
    try folder.write("r/.claude/commands/c.md", "look at $1")
    let image = ContentBlock.image(mimeType: "image/png", data: "AAAA")
    let prompt = try #require(try filled(Prompt(blocks: [image, .text(" \n/c this\n"), .text("/c that")]))).prompt
    #expect(prompt.blocks == [image, .text("look at this"), .text("/c that")])
  }

  @Test func `finds names with folders by all parts, and by the last where that is enough`() throws {
    try folder.write("r/.claude/commands/git/commit.md", "commit")
    try folder.write("r/.claude/commands/git/x.md", "one")
    try folder.write("r/.claude/commands/hg/x.md", "other")
    #expect(try filled(Prompt("/git:commit"))?.prompt.text == "commit")
    #expect(try filled(Prompt("/commit"))?.prompt.text == "commit")
    #expect(try filled(Prompt("/hg:x"))?.prompt.text == "other")
    #expect(try filled(Prompt("/x")) == nil)
  }

  @Test func `calls a skill as well, but none that is not for persons`() throws {
    try folder.write("r/.claude/skills/s/SKILL.md", "---\ndescription: d\ndisable-model-invocation: true\n---\nDo $0.")
    try folder.write("r/.claude/skills/h/SKILL.md", "---\ndescription: d\nuser-invocable: false\n---\nHidden.")
    let text = try #require(try filled(Prompt("/s it"))).prompt.text
    #expect(text.hasPrefix("Skill s, from ") && text.hasSuffix("\n\nDo it."))
    #expect(try filled(Prompt("/h")) == nil)
  }

  @Test func `is shown the files that the command names, those of the workspace only`() throws {
    try folder.write("r/a.txt", "text of a")
    try folder.write("r/.env", "SECRET=1")
    try folder.write("out.txt", "outside")
    try folder.write("home/own.txt", "own")
    try folder.link("r/link.txt", to: "../out.txt")
    try folder.write(
      "r/.claude/commands/c.md",
      "See @a.txt, @../out.txt @link.txt @~/own.txt @/etc/hostname @nobody @b.txt `@c.txt` @$1")
    try folder.write("r/given.txt", "given")
    let filled = try #require(try filled(Prompt("/c given.txt")))
    #expect(filled.prompt.blocks.dropFirst().map { "\($0)".contains("text of a") } == [true, false])
    #expect(filled.prompt.blocks.count == 3 && "\(filled.prompt.blocks[2])".contains("given"))
    #expect(filled.notices.count == 4)
    #expect(filled.notices.allSatisfy { $0.contains("it is outside of the workspace") })
  }

  @Test func `is shown no file that a rule forbids, nor a secret, and as much of a long one as there is room for`()
    throws
  {
    let sources = InstructionSources(
      files: .system, links: .system, mayRead: { !$0.hasSuffix("no.txt") }, mayShow: { !$0.hasSuffix(".env") })
    let line = String(repeating: "x", count: 99) + "\n"
    try folder.write("r/no.txt", "forbidden")
    try folder.write("r/.env", "SECRET=1")
    try folder.write("r/long.txt", String(repeating: line, count: 1_000))
    try folder.write("r/bin", [0, 1, 2, 255])
    try folder.write("r/.claude/commands/c.md", "@no.txt @.env @long.txt @bin")
    let workspace = try folder.path("r")
    let skills = Skills(workspace: workspace, repository: nil, home: nil, taken: [], reading: sources)
    let setting = FilledPrompt.Setting(folders: [workspace], home: nil, sessionId: "s", sources: sources)
    let filled = try #require(FilledPrompt(Prompt("/c"), calling: skills, in: setting))
    #expect(filled.prompt.blocks.count == 2 && filled.prompt.text.utf8.count < 66_000)
    #expect(filled.prompt.text.hasSuffix("[cut here: 65499 of 100000 bytes]"))
    #expect(filled.notices.map { $0.split(separator: " ")[1] } == ["no.txt,", ".env,", "long.txt", "bin,"])
  }

  @Test(arguments: ["now: !`date`", "!`date`", "```!\ndate\n```"]) func `runs nothing`(text: String) throws {
    try folder.write("r/.claude/commands/c.md", text)
    let filled = try #require(try filled(Prompt("/c")))
    #expect(filled.prompt.text.hasPrefix(text) && filled.prompt.text.contains("are not run"))
    #expect(filled.notices == ["/c: the commands that are written as !`…` in it are not run"])
  }

  @Test(arguments: ["KEY=!`date`", "wow! `date`", "!`open", "```\ndate\n```"])
  func `says nothing of what is no command`(
    text: String
  ) throws {
    #expect(try filled(text, by: "/c") == text)
  }

  @Test func `names what may have been meant`() throws {
    try folder.write("r/.claude/commands/review.md", "text")
    let sources = InstructionSources(files: .system, links: .system)
    let skills = Skills(workspace: try folder.path("r"), repository: nil, home: nil, taken: [], reading: sources)
    #expect(FilledPrompt.notice(of: Prompt("/revew it"), among: skills)?.hasSuffix("did you mean '/review'?") == true)
    for prompt in ["/review", "/usr/bin/x", "/completely-different", "review"] {
      #expect(FilledPrompt.notice(of: Prompt(prompt), among: skills) == nil)
    }
  }
}
