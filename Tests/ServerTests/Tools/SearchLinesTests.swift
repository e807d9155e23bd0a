import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

@Suite(.ownThread) struct `search_files` {
  @Test func `finds lines, with context and line ends of both kinds`() async throws {
    let bench = try ToolBench()
    try bench.make("a", "one\r\ntwo\r\nthree\r\nfour\r\nfive\r\nsix\r\nseven")
    try bench.make("b/c", "two\n")
    try bench.make("binary", [0, 1, 2] + Array("two".utf8))
    try bench.make("utf16", try #require(TextEncoding.utf16LittleEndian.encode(Array("zwei two\n".utf8))))
    #expect(try await bench.run("search_files", ["pattern": "^tw.$"]).text == "a:2: two\nb/c:1: two\n")
    #expect(
      try await bench.run("search_files", ["pattern": "two|six", "context": 1, "path": "a"]).text
        == "a-1- one\na:2: two\na-3- three\n--\na-5- five\na:6: six\na-7- seven\n")
    #expect(
      try await bench.run("search_files", ["pattern": "two", "files": "{c,utf16}"]).text
        == "b/c:1: two\nutf16:1: zwei two\n")
    #expect(
      try await bench.run("search_files", ["pattern": "TWO", "ignore_case": true, "max_results": 1]).text
        .hasPrefix("a:2: two\n[more than 1"))
    #expect(
      try await bench.run("search_files", ["pattern": "e", "path": "a", "context": 10]).text.split(separator: "\n")
        .count == 7)
  }

  private func search(_ bench: ToolBench, _ pattern: String, _ more: JSONObject = [:]) async throws -> String {
    var input = more
    input["pattern"] = .string(pattern)
    return try await bench.run("search_files", .object(input)).text
  }

  @Test func `texts are searched whatever they are written in`() async throws {
    let bench = try ToolBench()
    let text = "eins\nzwölf Äpfel\n"
    let units = Array(text.utf16)
    let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    try bench.make("utf8", text)
    try bench.make("mark", [0xEF, 0xBB, 0xBF] + Array(text.utf8))
    try bench.make("le", [0xFF, 0xFE] + little)
    try bench.make("be", [0xFE, 0xFF] + big)
    try bench.make("latin1", text.unicodeScalars.map { UInt8($0.value) })
    try bench.make("mac", "eins\rzwölf Äpfel\r")
    let names = ["be", "latin1", "le", "mac", "mark", "utf8"]
    for (pattern, ignoresCase) in [("zwölf", false), ("^zw.lf \\w+$", false), ("ÄPFEL", true), ("Äpfel$", false)] {
      let found = try await search(bench, pattern, ["ignore_case": .bool(ignoresCase)])
      #expect(found == names.map { "\($0):2: zwölf Äpfel\n" }.joined(), "\(pattern)")
    }
    #expect(try await search(bench, "^eins$") == names.map { "\($0):1: eins\n" }.joined())
  }

  @Test func `a match is shown wherever it stands in a line of any length`() async throws {
    let bench = try ToolBench()
    var random = RandomNumbers(seed: 11)
    for (number, length) in [1_990, 2_100, 9_000, 262_140, 300_000].enumerated() {
      var line = ""
      line.reserveCapacity(length)
      while line.utf8.count < length { line += ["var a=1;", "é", "漢字", "x"].randomElement(using: &random) ?? "" }
      let place = line.unicodeScalars.index(
        line.startIndex, offsetBy: Int.random(in: 0..<line.unicodeScalars.count, using: &random))
      let before = line[..<place].utf8.count
      line.unicodeScalars.insert(contentsOf: "NEEDLE=42;".unicodeScalars, at: place)
      let file = "f\(number).js"
      try bench.make(file, "one\n" + line + "\r\nlast NEEDLE\n")
      for pattern in ["NEEDLE", "NEEDLE=\\d+", "needle|other", "N[EX]{2}DLE", "42;"] {
        let found = try await search(
          bench, pattern, ["path": .string(file), "ignore_case": .bool(pattern == "needle|other"), "context": 1])
        let shown = try #require(found.split(separator: "\n").first { $0.hasPrefix("\(file):2: ") })
        #expect(shown.contains("NEEDLE=42;"), "\(length) \(pattern)")
        #expect(shown.utf8.count <= 2_100)
        if length > 2_000 {
          let skipped = try #require(bytesBefore(in: shown))
          #expect(skipped <= before && before - skipped <= 200)
          let read = try await bench.run(
            "read_file", ["path": .string(file), "start_line": 2, "start_column": .number(JSONNumber(skipped + 1))])
          #expect(read.text.contains("NEEDLE=42;"))
        }
        #expect(found.contains("\(file)-1- one\n"))
        #expect(
          found.contains(pattern == "42;" || pattern.contains("=") ? "\(file)-3- last" : "\(file):3: last NEEDLE\n"))
      }
    }
  }

  /// How many bytes are said to be left out before what is shown.
  private func bytesBefore(in line: some StringProtocol) -> Int? {
    guard let start = line.range(of: "[… "), let end = line.range(of: " bytes before]") else { return 0 }
    return Int(line[start.upperBound..<end.lowerBound])
  }

  @Test func `every byte of a long line is read by columns`() async throws {
    let bench = try ToolBench()
    let line = String(repeating: "ab é 漢 😀;", count: 4_000)
    try bench.make("f", "one\n" + line + "\nthree\n")
    var (text, column) = ("", 1)
    while true {
      let read = try await bench.run(
        "read_file", ["path": "f", "start_line": 2, "start_column": .number(JSONNumber(column))]
      ).text
      let parts = read.split(separator: "\n")
      #expect(parts[0].hasPrefix("2\t"))
      text += parts[0].dropFirst(2)
      guard let next = parts[1].range(of: "start_column ") else { break }
      column = try #require(Int(parts[1][next.upperBound...].dropLast()))
    }
    #expect(text == line)
    let middle = try await bench.run("read_file", ["path": "f", "start_line": 2, "start_column": 5]).text
    #expect(middle.hasPrefix("2\té 漢"))
    for input: JSON in [
      ["path": "f", "start_line": 2, "start_column": 1_000_000], ["path": "f", "start_line": 4, "start_column": 1],
      ["path": "f", "start_column": 0],
    ] { #expect(await bench.refusal("read_file", input)?.kind == .invalidInput) }
  }

  @Test func `a file larger than is held is searched and read`() async throws {
    let bench = try ToolBench()
    let file = try bench.make("big", "first\n")
    // Most of it is a hole, which takes no room on the disk.
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(String(repeating: "filler of a line\n", count: 1_000).utf8))
    try handle.truncate(atOffset: 33 << 20)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("\nNEEDLE\nlast".utf8))
    try handle.close()
    #expect(try await search(bench, "NEEDLE", ["context": 1]).hasSuffix("big:1003: NEEDLE\nbig-1004- last\n"))
    #expect(try await search(bench, "las[t]") == "big:1004: last\n")
    let read = try await bench.run("read_file", ["path": "big", "start_line": 1003]).text
    #expect(read.hasPrefix("1003\tNEEDLE\n1004\tlast\n[lines 1003 to 1004 of a file of"))
    let long = try await bench.run("read_file", ["path": "big", "start_line": 1002, "start_column": 30_000_000]).text
    #expect(long.hasPrefix("1002\t\0\0") && long.contains("go on with start_line 1002, start_column 30016384]"))
  }

  /// Letters in no order, so that every state of an automaton is a new one.
  private func mixed(_ count: Int) -> String {
    var random = RandomNumbers(seed: 9)
    return String((0..<count).map { _ in Bool.random(using: &random) ? "a" : "b" })
  }

  @Test func `the time of a search is limited, and what was found by then is told`() async throws {
    let moment = Mutex(0)
    let time = TimeSource(
      now: { 0 },
      monotonic: {
        moment.withLock { moment in
          moment += 500
          return moment
        }
      }, sleep: { _ in }, random: { 0 })
    let bench = try ToolBench(time: time)
    try bench.make("a", "xababc\n")
    try bench.make("b", mixed(60_000))
    let found = try await search(bench, "(a|b)*a(a|b){1,900}c")
    #expect(found.hasPrefix("a:1: xababc\n[the time for one call (20 s) was over"))
    moment.withLock { $0 = 0 }
    for number in 0..<40 { try bench.make("d\(number)/f", "x\n") }
    #expect(try await bench.run("find_files", ["pattern": "f"]).text.contains("[the time for one call"))
  }

  @Test func `a search that is cancelled ends within a file`() async throws {
    let looks = Mutex(0)
    let cancel = Mutex<(@Sendable () -> Void)?>(nil)
    let time = TimeSource(
      now: { 0 },
      monotonic: {
        let count = looks.withLock { looks in
          looks += 1
          return looks
        }
        if count > 5 { cancel.withLock { $0 }?() }
        return 0
      }, sleep: { _ in }, random: { 0 })
    let bench = try ToolBench(time: time)
    try bench.make("f", mixed(200_000))
    let task = Task { () -> ToolError? in
      // Without end unless it is cancelled: this clock stands still.
      do throws(ToolError) {
        _ = try await bench.run("search_files", ["pattern": "(a|b)*a(a|b){900}c"])
        return nil
      } catch {
        return error
      }
    }
    cancel.withLock { $0 = { task.cancel() } }
    #expect(await task.value?.kind == .cancelled)
  }

  @Test func `files over a piece are searched as small ones are`() async throws {
    let bench = try ToolBench()
    var random = RandomNumbers(seed: 5)
    var lines: [String] = []
    var size = 0
    while size < 400_000 {
      let length = [0, 1, 40, 900].randomElement(using: &random) ?? 0
      var line = String(repeating: "abcé ", count: length / 5)
      if Int.random(in: 0..<60, using: &random) == 0 {
        line += ["foo", "barr", "f12o"].randomElement(using: &random) ?? ""
      }
      size += line.utf8.count + 1
      lines.append(line)
    }
    try bench.make("big", lines.joined(separator: "\n") + "\n")
    for (pattern, fits) in [("foo|barr", ["foo", "barr"]), ("f[0-9]+o", ["f12o"]), ("o$", ["foo", "f12o"])] {
      let expected = lines.enumerated().filter { line in fits.contains { line.element.hasSuffix($0) } }
        .map { "big:\($0.offset + 1): \($0.element)\n" }
      #expect(try await search(bench, pattern, ["max_results": 1000]) == expected.joined())
    }
  }
}
