import Foundation
import Protocol
import Providers
import Server
import TestSupport
import Testing

/// Random files with random ends of lines, encodings and ties, changed by the tools.
///
/// What was not meant to change is bit for bit as it was. `Scripts/rewriting.sh` takes a hundred thousand of them.
@Suite(.ownThread) struct `Whatever a file is like,` {
  private static let variables = ProcessInfo.processInfo.environment
  private static let count = Int(variables["REWRITINGS"] ?? "") ?? 300
  private static let first = UInt64(variables["REWRITINGS_FIRST"] ?? "") ?? 0

  @Test func `only what was to change of it changes`() async throws {
    let bench = try ToolBench()
    var flaws: [String] = []
    var tried: [String: Int] = [:]
    for number in 0..<Self.count where flaws.count < 5 {
      let seed = Self.first &+ UInt64(number)
      var file = RandomFile(seed: seed)
      guard let kind = try file.place(in: bench) else { continue }
      tried[kind, default: 0] += 1
      if let flaw = try await file.change(in: bench) { flaws.append("seed \(seed), \(kind): \(flaw)") }
    }
    #expect(flaws == [])
    // Files that are taken for something else would prove nothing.
    #expect(Self.count < 100 || tried.values.reduce(0, +) * 10 > Self.count * 8 && tried.count > 10)
    if Self.variables["REWRITINGS"] != nil {
      let kinds = tried.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      print("rewritten: \(tried.values.reduce(0, +)) files (\(kinds)), \(flaws.count) flaws")
    }
  }
}

/// A file made at random, and what a change of it must leave.
private struct RandomFile {
  private static let kinds: [(TextEncoding, letters: String)] = [
    (.utf8, "abc {}=\t\"é漢🙂"), (.utf8, "abcdefgh  "), (.utf8WithMark, "abc é漢"), (.utf16LittleEndian, "abé漢🙂"),
    (.utf16BigEndian, "ab é漢"), (.utf16LittleEndianUnmarked, "abcdef é"), (.utf16BigEndianUnmarked, "abcdef é"),
    (.utf32LittleEndian, "ab漢🙂"), (.windows1252, "abcdef éüß€"), (.windows1251, "привет, это обычный русский текст "),
    (.shiftJIS, "これはテストです設定 "), (.gb18030, "这是一个中文注释说明函数的作用我们在有要 "),
  ]
  private static let ends: [[String]] = [
    ["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\r\n", "\n", "\n", "\n"], ["\n", "\r\n", "\r"], ["\r", "\r\n"],
  ]

  private var random: RandomNumbers
  private let encoding: TextEncoding
  private let letters: [Character]
  private var lines: [(text: String, end: String)] = []
  private var words = 0
  private let tie: Int
  private let mode: Int

  init(seed: UInt64) {
    random = RandomNumbers(seed: seed)
    let kind = Self.kinds[Int(random.next() % UInt64(Self.kinds.count))]
    (encoding, letters) = (kind.0, Array(kind.letters))
    (tie, mode) = (Int(random.next() % 8), [0o644, 0o600, 0o755, 0o664][Int(random.next() % 4)])
    let ends = Self.ends[below(Self.ends.count)]
    let count = below(16) == 0 ? 1 + below(400) : 1 + below(12)
    for number in 0..<count {
      let end = number == count - 1 && below(3) == 0 ? "" : ends[below(ends.count)]
      lines.append((line(), end))
    }
  }

  private mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  /// A line that no other is like.
  private mutating func line() -> String {
    words += 1
    return String((0..<below(12)).map { _ in letters[below(letters.count)] }) + "#\(words);"
  }

  private func bytes(_ lines: [(text: String, end: String)]) -> [UInt8]? {
    encoding.encode(Array(lines.map { $0.text + $0.end }.joined().utf8))
  }

  /// The text as a model sees it.
  private func shown(_ lines: [(text: String, end: String)]) -> String {
    lines.map { $0.text + ($0.end.isEmpty ? "" : "\n") }.joined()
  }

  /// Makes the file, and says what kind it is; `nil` when it is taken for another encoding, as a few characters may be.
  mutating func place(in bench: ToolBench) throws -> String? {
    guard let bytes = bytes(lines), TextEncoding.decode(bytes)?.encoding == encoding else { return nil }
    for name in ["f", "other", "link"] { try? FileManager.default.removeItem(at: bench.folder.appending(path: name)) }
    let file = try bench.make("f", bytes)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    if tie == 0 { try FileManager.default.linkItem(at: file, to: bench.folder.appending(path: "other")) }
    if tie == 1 { try bench.link("link", to: "f") }
    return encoding.rawValue
  }

  /// Has a tool change it, and says what is wrong then.
  mutating func change(in bench: ToolBench) async throws -> String? {
    let path = JSON.string(tie == 1 ? "link" : "f")
    let start = below(lines.count)
    let length = 1 + below(min(3, lines.count - start))
    let range = start..<start + length
    let old = lines[range].map(\.text).joined(separator: "\n")
    var expected = lines
    let call: (String, JSON)
    switch below(4) {
    case 0:
      // Lines in the place of as many.
      for place in range { expected[place].text = line() }
      call = ("edit_file", edits(old, expected[range].map(\.text).joined(separator: "\n")))
    case 1:
      // A part of every line.
      for place in expected.indices { expected[place].text = expected[place].text.replacing("#", with: "@@") }
      call = ("edit_file", edits("#", "@@", all: true))
    case 2:
      for place in range { expected[place].text = line() }
      call = ("write_file", ["content": .string(shown(expected))])
    default:
      return try await insert(in: bench, path, at: range, old)
    }
    guard let wanted = bytes(expected) else { return nil }
    guard var input = call.1.object else { return nil }
    input["path"] = path
    do throws(ToolError) { _ = try await bench.run(call.0, .object(input)) } catch {
      return "refused: \(error.message)"
    }
    let found = try bench.bytes("f")
    guard found == wanted else { return "\(call.0) of \(lines) gave \(found), and not \(wanted)" }
    return try flawOfTies(in: bench, found)
  }

  private func edits(_ old: String, _ new: String, all: Bool = false) -> JSON {
    ["edits": [["old_text": .string(old), "new_text": .string(new), "replace_all": .bool(all)]]]
  }

  /// More or fewer lines in the place of some: what is before and behind stays, and the new ends are ends of the file.
  private mutating func insert(in bench: ToolBench, _ path: JSON, at range: Range<Int>, _ old: String) async throws
    -> String?
  {
    let new = (0..<1 + below(5)).map { _ in line() }
    guard var input = edits(old, new.joined(separator: "\n")).object else { return nil }
    input["path"] = path
    do throws(ToolError) { _ = try await bench.run("edit_file", .object(input)) } catch {
      return "refused: \(error.message)"
    }
    let found = try bench.bytes("f")
    let before = lines[..<range.lowerBound].map { $0.text + $0.end }.joined()
    let behind = (lines[range].last?.end ?? "") + lines[range.upperBound...].map { $0.text + $0.end }.joined()
    let ending = (encoding.encode(Array(behind.utf8)) ?? []).dropFirst((encoding.encode([]) ?? []).count)
    guard found.starts(with: encoding.encode(Array(before.utf8)) ?? [0]), found.suffix(ending.count) == ending else {
      return "what stood around it changed: \(lines) gave \(found)"
    }
    // With the new lines in it, its bytes may tell less of what they are.
    guard let (bytes, now) = TextEncoding.decode(found), now == encoding else {
      return try flawOfTies(in: bench, found)
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let middle = Array(text.utf8.dropFirst(before.utf8.count).dropLast(behind.utf8.count))
    let ends = Set(lines.map(\.end)).subtracting([""])
    let even = String(decoding: middle, as: UTF8.self).replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    guard even == new.joined(separator: "\n") else { return "the new lines are \(even.debugDescription)" }
    var rest = String(decoding: middle, as: UTF8.self).unicodeScalars[...]
    while let end = rest.firstIndex(where: { $0 == "\r" || $0 == "\n" }) {
      let isBoth = rest[end] == "\r" && rest.index(after: end) < rest.endIndex && rest[rest.index(after: end)] == "\n"
      let kind = isBoth ? "\r\n" : String(rest[end])
      guard ends.isEmpty || ends.contains(where: { $0.unicodeScalars.elementsEqual(kind.unicodeScalars) }) else {
        return "a new line ends with \(kind.debugDescription), in \(lines)"
      }
      rest = rest[rest.index(end, offsetBy: isBoth ? 2 : 1)...]
    }
    return try flawOfTies(in: bench, found)
  }

  private func flawOfTies(in bench: ToolBench, _ found: [UInt8]) throws -> String? {
    let attributes = try FileManager.default.attributesOfItem(atPath: bench.folder.appending(path: "f").path)
    if attributes[.posixPermissions] as? Int != mode { return "the mode has changed" }
    if tie == 0, try bench.bytes("other") != found { return "the other name holds something else" }
    if tie == 1 {
      let link = bench.folder.appending(path: "link").path
      if try FileManager.default.destinationOfSymbolicLink(atPath: link) != "f" { return "the link is none any more" }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)
    return names.contains { $0.contains("wyn360") } ? "something was left: \(names)" : nil
  }
}
