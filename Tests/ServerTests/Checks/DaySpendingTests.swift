import Foundation
import OperatingSystem
import Protocol
import Providers
import Server
import Synchronization
import TestSupport
import Testing

/// What several processes of a person spend, with one folder.
@Suite struct `What a day costs` {
  private let folder: TemporaryFolder
  private let clock = ManualClock()
  private let told = Told()

  init() throws { folder = try TemporaryFolder() }

  private final class Told: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock(\.self) }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func process(isWanted: @escaping @Sendable () -> Bool = { true }, in path: String? = nil) -> DaySpending {
    let ledger = DayLedger(in: path ?? folder.path, onFailure: { [told] in told.add($0) }, isWanted: isWanted)
    return DaySpending(time: clock.source, ledger: ledger)
  }

  /// A call that costs so many dollars at a price that is known, or one without a price.
  private func cost(_ dollars: Int?) -> CallCost {
    var usage = Usage()
    usage.output = dollars.map { $0 * 1_000_000 / 15 } ?? 1
    return CallCost(
      of: Bill(usage), model: dollars == nil ? "nobody-knows-1" : "claude-sonnet-4-5", provider: .anthropic)
  }

  private func dollars(_ spending: DaySpending) -> Int? {
    spending.picodollars.map { $0 / Picodollars.perDollar }
  }

  private var file: String { "spent-\(CivilDate(millisecondsSince1970: clock.source.now())).jsonl" }

  @Test func `is what all processes have spent, a line each call, for nobody else to read`() throws {
    let (one, other) = (process(), process())
    #expect(dollars(one) == 0)
    #expect(folder.names == [])
    one.add(cost(3))
    #expect(dollars(other) == 3)
    other.add(cost(6))
    one.add(cost(0))
    #expect(dollars(one) == 9 && dollars(other) == 9 && dollars(process()) == 9)
    #expect(folder.names == [file])
    let lines = try #require(folder.text(file)).split(separator: "\n")
    #expect(
      try lines.map { try JSON.parse(Array($0.utf8)).object?.map(\.key) ?? [] } == [["at", "usd"], ["at", "usd"]])
    #expect(try folder.mode(file) == 0o600)
    #expect(told.all == [])
  }

  @Test func `is over with its day, whose file goes when the next one begins`() throws {
    try folder.write("spent-note.jsonl", "kept")
    try folder.write("spent-9999-12-31.jsonl", "kept")
    let (one, other) = (process(), process())
    let before = file
    one.add(cost(3))
    clock.pass(24 * 3_600_000)
    #expect(dollars(one) == 0 && dollars(other) == 0)
    other.add(cost(6))
    #expect(dollars(one) == 6)
    #expect(!folder.names.contains(before))
    #expect(folder.names == [file, "spent-9999-12-31.jsonl", "spent-note.jsonl"].sorted())
  }

  @Test func `is not known once a call had no price, for any process`() {
    let (one, other) = (process(), process())
    one.add(cost(3))
    one.add(cost(nil))
    #expect(one.picodollars == nil && other.picodollars == nil)
  }

  @Test func `counts what was spent before somebody wanted it counted, and for each process when nobody does any more`()
  {
    let wanted = Mutex(false)
    let (one, other) = (process { wanted.withLock(\.self) }, process { wanted.withLock(\.self) })
    one.add(cost(3))
    #expect(dollars(one) == 3 && dollars(other) == 0)
    #expect(folder.names == [])
    wanted.withLock { $0 = true }
    #expect(dollars(one) == 3 && dollars(other) == 3)
    #expect(folder.names == [file])
    other.add(cost(6))
    wanted.withLock { $0 = false }
    #expect(dollars(one) == 3 && dollars(other) == 6)
  }

  @Test func `skips lines that say nothing, and begins anew when its file was taken away`() throws {
    let (one, other) = (process(), process())
    one.add(cost(3))
    let half = try #require(folder.text(file))
    try folder.write(file, half + "no JSON\n[1]\n{\"at\":1}\n" + half + #"{"at":1,"us"#)
    #expect(dollars(other) == 6)
    // Half a line is ended before the next one stands behind it.
    one.add(cost(3))
    #expect(dollars(other) == 9 && dollars(one) == 9)
    try FileManager.default.removeItem(atPath: folder.path + "/" + file)
    #expect(dollars(other) == 0)
    one.add(cost(3))
    #expect(dollars(other) == 3)
  }

  @Test func `counts for a process alone where it cannot be written down, which is told once`() throws {
    let nowhere = folder.path + "/nowhere"
    let (one, other) = (process(in: nowhere), process(in: nowhere))
    one.add(cost(3))
    one.add(cost(3))
    #expect(dollars(one) == 6 && dollars(other) == 0)
    #expect(told.all.count == 1)
    #expect(told.all.first?.hasSuffix("what this process spends counts for it alone") == true)
  }

  @Test func `is not read from what is no file of the person's own`() throws {
    try folder.write("elsewhere", #"{"at":1,"usd":5}"# + "\n")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + file, withDestinationPath: "elsewhere")
    #expect(dollars(process()) == 0)
  }
}
