import OperatingSystem
import Protocol
import Providers
import Server
import Testing

@Suite struct `What holds around a conversation` {
  private let model = "us.anthropic.claude-sonnet-5-5"

  private func now(day: Int = 0, branch: String? = "main") throws -> Circumstances {
    var now = Circumstances()
    now.tell(model: model, provider: .bedrock)
    now.tell(now: 1_764_028_800_000 + day * 86_400_000)
    let root = try #require(FolderPath("/home/me/project"))
    now.tell(git: branch.map { GitState(root: root, head: .branch($0)) })
    now.tell(permissions: "ask before changing files")
    return now
  }

  @Test func `is told in whole at first, and then not again`() throws {
    let news = try #require(try now().news(since: JSONObject()))
    let lines = news.text.split(separator: "\n")
    for line in [
      "You are the model `us.anthropic.claude-sonnet-5-5`, served by AWS Bedrock. Say so when you are asked what model you are.",
      "Today is Tuesday, 2025-11-25 (UTC).", "Git: branch main, root /home/me/project",
      "Permissions: ask before changing files",
    ] {
      #expect(lines.contains { $0 == line }, "\(line)")
    }
    #expect(try now().news(since: news.told) == nil)
    // The hour is not told, so that the day's requests are alike.
    #expect(try now().marks == JSONObject().told(also: news.told))
  }

  @Test func `is told as it changes, only what has changed`() throws {
    let told = try now().marks
    #expect(try now(day: 1).news(since: told)?.text == "Today is Wednesday, 2025-11-26 (UTC).")
    #expect(try now(branch: "fix").news(since: told)?.text == "Git: branch fix, root /home/me/project")
    #expect(try now(branch: nil).news(since: told)?.text == "Git: not a repository")
  }

  @Test func `tells the end of what was said for one request alone`() throws {
    var once = try now()
    once.tell(request: "Be brief.")
    once.tell(answer: "Answer in JSON.")
    once.tell(withheld: ["write_file", "run\nme"])
    let told = try now().marks
    let news = try #require(once.news(since: told))
    #expect(news.text.contains("For this request alone:\nBe brief."))
    #expect(news.text.contains("a call of it is refused: write_file, run?me."))
    let after = told.told(also: news.told)
    #expect(once.news(since: after) == nil)
    let end = try #require(try now().news(since: after))
    #expect(end.text.split(separator: "\n").count == 3)
    #expect(after.told(also: end.told) == told)
    once.tell(request: " \n")
    #expect(once.news(since: told)?.text.contains("For this request") == false)
  }

  private func instructions() throws -> ProjectInstructions {
    let folder = try WorkspaceFolder()
    try folder.write("AGENTS.md", "use tabs")
    return ProjectInstructions(
      workspace: try folder.path(), repository: nil,
      reading: InstructionSources(files: WorkspaceFolder.files, links: .system))
  }

  @Test func `tells instructions by the state of their files`() throws {
    let instructions = try instructions()
    var now = try now()
    now.tell(instructions: instructions, mark: "1")
    let told = now.marks
    #expect(now.news(since: told) == nil)
    now.tell(instructions: instructions, mark: "2")
    #expect(now.news(since: told)?.text.hasSuffix("use tabs") == true)
    now.tell(instructions: ProjectInstructions(), mark: "3")
    #expect(now.news(since: told)?.text == "The project's instructions no longer hold: their files are gone.")
  }

  @Test func `tells what folders below the workspace say each by itself, and again when it changes`() throws {
    let instructions = try instructions()
    var now = try now()
    let before = now.marks
    now.tell(instructions: instructions, mark: "1", below: "/w/a")
    let news = try #require(now.news(since: before))
    #expect(news.text.hasPrefix("For work below /w/a these hold, too.\n\n"))
    #expect(Circumstances.foldersBelow(in: news.told) == ["/w/a"])
    let told = before.told(also: news.told)
    now.tell(instructions: instructions, mark: "1", below: "/w/b")
    #expect(now.news(since: told)?.text.contains("/w/a") == false)
    #expect(try self.now().news(since: told)?.text == "What was said for work below /w/a no longer holds.")
    #expect(now.lines.contains { $0.contains("/w/b") })
  }
}
