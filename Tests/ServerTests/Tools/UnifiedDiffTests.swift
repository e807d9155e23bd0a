import Server
import TestSupport
import Testing

@Suite struct `A unified diff` {
  /// Applies a diff as `patch` does: by its line numbers, and only where the lines are those it says.
  private func apply(_ diff: String, to old: [String]) throws -> [String] {
    struct Misfit: Error { let line: Substring }
    var new: [String] = []
    var place = 0
    let lines = diff.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    try #require(lines.count >= 2 && lines[0].hasPrefix("--- ") && lines[1].hasPrefix("+++ "))
    for (number, line) in lines.enumerated().dropFirst(2) {
      let isUnended = number + 1 < lines.count && lines[number + 1].hasPrefix("\\")
      let body = line.dropFirst() + (isUnended ? "" : "\n")
      switch line.first {
      case "@":
        let span = try #require(line.firstMatch(of: /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/)).1
        let count = try #require(line.firstMatch(of: /^@@ -(\d+)(?:,(\d+))?/)).2.flatMap { Int($0) } ?? 1
        let start = (Int(span) ?? 0) - (count == 0 ? 0 : 1)
        new += old[place..<start]
        place = start
      case " ", "-":
        guard place < old.count, old[place] == body else { throw Misfit(line: line) }
        if line.first == " " { new.append(String(body)) }
        place += 1
      case "+": new.append(String(body))
      case "\\": break
      default: throw Misfit(line: line)
      }
    }
    return new + old[place...]
  }

  private func diff(_ old: [String], _ new: [String]) -> String? {
    UnifiedDiff.text(path: "f", old: Array(old.joined().utf8), new: Array(new.joined().utf8))
  }

  @Test func `leads from the old text to the new, whatever they are`() throws {
    var random = RandomNumbers(seed: 3)
    for round in 0..<300 {
      let variety = Int.random(in: 1...(round < 150 ? 4 : 40), using: &random)
      func lines() -> [String] {
        var lines = (0..<Int.random(in: 0...40, using: &random)).map { _ in
          "\(Int.random(in: 0...variety, using: &random))\n"
        }
        if let last = lines.last, Bool.random(using: &random) { lines[lines.count - 1] = String(last.dropLast()) }
        return lines
      }
      let old = lines()
      var new = lines()
      if Bool.random(using: &random) {
        new = old
        for _ in 0..<2 where !new.isEmpty { new.remove(at: Int.random(in: new.indices, using: &random)) }
        new.insert("added\n", at: 0)
      }
      guard old != new else {
        #expect(diff(old, new) == nil)
        continue
      }
      #expect(try apply(try #require(diff(old, new)), to: old) == new)
    }
  }

  @Test func `is as short as can be`() throws {
    let old = (1...200).map { "line \($0)\n" }
    var new = old
    new[20] = "changed\n"
    new.remove(at: 100)
    new.insert("new\n", at: 150)
    let text = try #require(diff(old, new))
    #expect(text.split(separator: "\n").count { $0.hasPrefix("+") && !$0.hasPrefix("+++") } == 2)
    #expect(text.split(separator: "\n").count { $0.hasPrefix("-") && !$0.hasPrefix("---") } == 2)
    #expect(text.split(separator: "\n").count { $0.hasPrefix("@@") } == 3)
  }

  @Test func `stays within bounds however different the texts are`() throws {
    let old = (0..<20_000).map { "old \($0)\n" }
    let new = (0..<20_000).map { "new \($0)\n" }
    let text = try #require(diff(["same\n"] + old, ["same\n"] + new))
    #expect(text.utf8.count < 300_000 && text.contains("left out"))
    let few = try #require(diff(Array(old.prefix(3_000)), Array(new.prefix(3_000))))
    #expect(try apply(few, to: Array(old.prefix(3_000))) == Array(new.prefix(3_000)))
  }

  @Test func `is made of text only, and tells line ends apart`() throws {
    #expect(UnifiedDiff.text(path: "f", old: [0, 1], new: [65]) == nil)
    #expect(diff(["a\n"], ["a\r\n"])?.contains("-a\n+a\r\n") == true)
    #expect(diff(["a"], ["a\n"])?.hasSuffix("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n") == true)
  }
}
