import Foundation
import Protocol
import TestSupport
import Testing

/// The options that scripts use: each over the real program, a real file and a model that checks what it is sent.
@Suite(.ownThread) struct `A script's options` {
  private static func saying(_ turns: AgentModel.Turn...) throws -> AgentModel { try AgentModel(turns) }

  private static func lines(_ output: String) throws -> [JSON] {
    try output.split(separator: "\n").map { try JSON.parse(Array($0.utf8)) }
  }

  @Test(arguments: [[], ["--json"]]) func `tell every event in a line, and the result in the last`(more: [String])
    throws
  {
    let model = try Self.saying(.init(.call("list_files", [:])), .init(.text("There is "), .text("nothing.")))
    let folder = try TemporaryFolder()
    let program = try ServerProcess(["--events", "look"] + more, environment: model.environment(), folder: folder.path)
    try program.closeInput()
    let lines = try Self.lines(try program.readToEnd())
    #expect(try program.waitForExit() == 0)
    let result = try #require(lines.last)
    #expect(result["text"] == "There is nothing." && result["stopReason"] == "endTurn")
    let events = lines.dropLast()
    #expect(events.allSatisfy { $0["params"]?["runId"] == result["runId"] })
    #expect(events.first?["method"] == "run/started" && events.last?["method"] == "run/completed")
    #expect(events.compactMap { $0["params"]?["seq"]?.int } == Array(1...events.count))
    let types = events.compactMap { $0["params"]?["type"]?.string }
    #expect(types.contains("toolResult") && types.contains("textDelta"))
    // People on the other screen see what they always see.
    #expect(program.errors.hasPrefix("• "))
  }

  @Test func `end in a line that tells the failure, whatever fails`() throws {
    let model = try Self.saying()
    let refused = try Command("--events", "--retries", "0", "hi", environment: model.environment())
    #expect(refused.status == 1)
    #expect(try Self.lines(refused.output).last?["error"]?["message"] != nil)
    let missing = try Command("--events", "hi")
    #expect(try Self.lines(missing.output).last?["error"]?["data"]?["kind"] == "authRequired")
    let absent = try Command("--events", "--file", "/nonexistent/a", "hi", environment: model.environment())
    #expect(absent.status == 1)
    #expect(
      try Self.lines(absent.output).last?["error"]?["message"]?.string?.contains("--file '/nonexistent/a'") == true)
  }

  @Test func `attach files by what they hold, before the words`() throws {
    let (model, folder) = (try Self.saying(.init(.text("ok"))), try TemporaryFolder())
    try folder.write("notes.md", "# Notes\n")
    try folder.write("paper", "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF")
    try Data([0xFF, 0xFE, 0x68, 0, 0xE9, 0]).write(to: URL(fileURLWithPath: folder.path + "/wide.txt"))
    let png = try #require(Data(base64Encoded: Picture.png))
    try png.write(to: URL(fileURLWithPath: folder.path + "/shot.jpg"))
    let run = try ShellScript(
      #"cat shot.jpg | "$PROGRAM" --file notes.md --file=paper --file wide.txt --image - --image shot.jpg why"#,
      environment: model.environment(), folder: folder)
    #expect(run.status == 0 && run.output.hasSuffix("ok\n"), "\(run.output)\(run.errors)")
    let content = try #require(model.questions.first?.messages.first?["content"]?.array)
    #expect(content.map { $0["type"]?.string } == ["document", "document", "document", "image", "image", "text"])
    #expect(content[0]["source"]?["data"] == "# Notes\n" && content[0]["title"] == "notes.md")
    #expect(content[1]["source"]?["media_type"] == "application/pdf")
    #expect(content[2]["source"]?["data"] == "hé")
    #expect(content[4]["source"]?["media_type"] == "image/png")
    #expect(model.flaws == [])
  }

  @Test func `name a file that cannot be attached, and ask nothing`() throws {
    let (model, folder) = (try Self.saying(), try TemporaryFolder())
    try folder.write("text", "hello")
    try folder.write("none", "")
    try folder.write("zero", "a\u{0}b\u{1}")
    try folder.write("list.json", "[]")
    try folder.write("half.json", "{")
    try Data(Picture.bytes(width: 1, height: 1, count: 8_000_000)).write(to: URL(fileURLWithPath: folder.path + "/big"))
    for (arguments, status, told) in [
      ("--image text", 2, "--image 'text' cannot be sent: its bytes are no PNG"),
      ("--image big", 2, "--image 'big' cannot be sent: it has"), ("--file none", 2, "--file 'none' is empty"),
      ("--file zero", 2, "--file 'zero' cannot be sent"), ("--file .", 1, "--file '.' cannot be read: Is a directory"),
      ("--file gone", 1, "--file 'gone' cannot be read: No such file"),
      ("--image gone", 1, "--image 'gone' cannot be read: No such file"),
      ("--output-schema list.json", 2, "--output-schema 'list.json' must be a JSON Schema object"),
      ("--output-schema half.json", 2, "--output-schema 'half.json' is no JSON"),
      ("--output-schema gone", 1, "--output-schema 'gone' cannot be read"),
      ("--output-last nowhere/a", 1, "--output-last: 'nowhere/a' cannot be written: No such file"),
      ("--output-last /dev/fd/77", 1, "--output-last: '/dev/fd/77' cannot be written"),
      ("--output-last .", 1, "--output-last: '.' is a folder"), ("--output-last -", 2, "--output-last needs a file"),
      ("--cwd gone", 1, "--cwd 'gone' cannot be worked in: No such file"),
      ("--cwd text", 1, "--cwd 'text' cannot be worked in: Not a directory"),
      ("--add-dir gone", 1, "--add-dir 'gone' cannot be worked in: No such file"),
    ] {
      let run = try ShellScript("\"$PROGRAM\" \(arguments) hi", environment: model.environment(), folder: folder)
      #expect(run.status == status, "\(arguments): \(run.errors)")
      #expect(run.errors.contains(told), "\(arguments): \(run.errors)")
    }
    #expect(model.questions.isEmpty)
  }

  @Test func `write the last words to a file, whole, with its mode, through a link and to a pipe`() throws {
    let folder = try TemporaryFolder()
    let model = try AgentModel { _ in .init(.text("first"), .text(" words")) }
    try folder.write("old", "what was there", mode: 0o640)
    try folder.write("held", "what was there")
    let run = try ShellScript(
      #"""
      umask 022; ln -s old link; mkfifo pipe; ln held tied
      for place in new old link ./held /dev/null; do "$PROGRAM" --output-last $place hi || exit 9; done
      cat pipe >piped & "$PROGRAM" --output-last pipe hi; wait
      "$PROGRAM" --output-last /dev/full hi; echo $?
      ls -A | sort | tr '\n' ' '; stat -c %a new old; readlink link; cat tied
      """#, environment: model.environment(), folder: folder)
    let shown = String(repeating: "first words\n", count: 7) + "1\nheld link new old pipe piped tied "
    #expect(run.output.replacingOccurrences(of: ".stderr ", with: "") == shown + "644\n640\nold\nfirst words\n")
    for name in ["new", "old", "held", "piped"] { #expect(folder.text(name) == "first words\n", "\(name)") }
    #expect(run.errors.contains("'/dev/full' cannot be written: No space left on device"))
  }

  @Test func `leave the file alone where nothing was said`() throws {
    let (model, folder) = (try Self.saying(.init(.text("half"), stopReason: "max_tokens")), try TemporaryFolder())
    try folder.write("answer", "of yesterday")
    let script = #""$PROGRAM" --retries 0 --max-tokens 50 --output-last answer hi"#
    let cut = try ShellScript(script, environment: model.environment(), folder: folder)
    #expect(cut.status == 3 && folder.text("answer") == "half\n")
    let failed = try ShellScript(script, environment: model.environment(), folder: folder)
    #expect(failed.status == 1 && folder.text("answer") == "half\n")
    #expect(folder.names == ["answer"])
  }

  @Test func `have an answer checked against a schema, and print the value alone`() throws {
    let folder = try TemporaryFolder()
    try folder.write("schema.json", #"{"type":"object","required":["n"],"properties":{"n":{"type":"integer"}}}"#)
    let model = try Self.saying(
      .init(.text("It is three.")), .init(.text(#"{"n": 3}"#)), .init(.text("No.")), .init(.text("No.")),
      .init(.text(#"{"n":"#), stopReason: "max_tokens"))
    let script = #""$PROGRAM" --output-schema schema.json --output-last value how many"#
    let run = try ShellScript(script, environment: model.environment(), folder: folder)
    #expect(run.output == "{\"n\":3}\n" && run.status == 0, "\(run.errors)")
    #expect(folder.text("value") == "{\"n\":3}\n")
    let wrong = try ShellScript(script, environment: model.environment(), folder: folder)
    #expect(wrong.output == "" && wrong.status == 1 && wrong.errors.contains("outputSchema"))
    let half = try ShellScript(
      script.replacingOccurrences(of: "--output-l", with: "--max-tokens 9 --output-l"),
      environment: model.environment(), folder: folder)
    #expect(half.output == "" && half.status == 3, "\(half.errors)")
    #expect(folder.text("value") == "{\"n\":3}\n")
  }

  @Test(arguments: [[], ["--json"], ["--events"]]) func `end what takes too long, with a status of its own`(
    format: [String]
  ) throws {
    let model = try ScriptedModel()
    model.take(.text("begun"))
    model.take(.gone)
    let command = try Command(format + ["--timeout", "1", "go"], environment: model.environment)
    #expect(command.status == 124)
    let lines = command.errors.split(separator: "\n").filter { $0.hasPrefix("wyn360: ") }
    #expect(lines == ["wyn360: stopped by --timeout: it was not done within 1 s"])
    if format.isEmpty {
      #expect(command.output == "begun\n")
    } else {
      #expect(try Self.lines(command.output).last?["error"]?["data"]?["kind"] == "timeout")
    }
  }

  @Test func `work in another folder and in more than one, with paths from where it was started`() throws {
    let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
    try folder.write("here.txt", "HERE")
    try other.write("sub/there.txt", "THERE")
    let model = try Self.saying(
      .init(
        .call("read_file", ["path": "there.txt"]), .call("read_file", ["path": .string(folder.path + "/here.txt")])),
      .init(.text("ok")))
    let run = try ShellScript(
      #""$PROGRAM" --cwd "$OTHER/sub" --add-dir . --file here.txt --output-last out go"#,
      environment: model.environment().merging(["OTHER": other.path]) { $1 }, folder: folder)
    #expect(run.status == 0 && folder.text("out") == "ok\n", "\(run.errors)")
    let results = try #require(model.questions.last?.resultTexts)
    #expect(results.count == 2 && results[0].contains("THERE") && results[1].contains("HERE"), "\(results)")
    let served = try ServerProcess(["--cwd", other.path + "/sub"])
    try served.write(#"{"id":1,"method":"server/ping"}"# + "\n")
    try served.closeInput()
    #expect(try served.readToEnd().contains("result"))
  }

  @Test func `end in their time, or when they are told to, though nobody reads`() throws {
    let (model, folder) = (try ScriptedModel(), try TemporaryFolder())
    for _ in 1...2 {
      model.take(.text(String(repeating: "more than a pipe holds ", count: 20_000)))
      model.take(.gone)
    }
    let run = try ShellScript(
      #"""
      mkfifo pipe; exec 3<>pipe
      "$PROGRAM" --timeout 1 go >pipe; echo $?
      "$PROGRAM" --json --events go >pipe & read -r begun <&3; kill -TERM $!; wait $!; echo $?
      """#, environment: model.environment, folder: folder)
    #expect(run.output == "124\n143\n", "\(run.output)\(run.errors)")
  }

  @Test func `end with stdout: full, closed, or read no more`() throws {
    let folder = try TemporaryFolder()
    for arguments in ["--events", "--events --json"] {
      let full = try ShellScript(
        #""$PROGRAM" --replay demo --replay-speed 0 \#(arguments) --output-last out hi >/dev/full"#, folder: folder)
      #expect(full.status == 1 && full.errors.contains("No space left"), "\(full.errors)")
      #expect(folder.text("out")?.isEmpty == false)
      let gone = try ShellScript(
        #"mkfifo gone; : <gone & exec 4>gone; wait; "$PROGRAM" --replay demo \#(arguments) hi >&4; echo $?; rm gone"#,
        folder: folder)
      #expect(gone.output == "141\n")
    }
  }
}
