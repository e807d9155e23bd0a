internal import OperatingSystem
internal import Protocol

/// What a day costs, as a person's processes write it down together: a file for each day of UTC, with a line for each call.
///
/// A line is `{"at": 1790000000000, "usd": 0.0123}`, `null` where the price is not known. Lines are only ever added, so that
/// nobody has to wait for anybody; the files of days that are over are taken away by whoever begins one.
package struct DayLedger: Sendable {
  /// What a file has come to, as far as it was read.
  struct Sum {
    /// In picodollars; `nil` when it is not known.
    var picodollars: Int? = 0
    fileprivate var bytesRead = 0
  }

  private let folder: String
  private let isWanted: @Sendable () -> Bool
  private let onFailure: @Sendable (String) -> Void

  /// A ledger in that folder, written where `isWanted` says so; `onFailure` is told, once a day, that something is not in it.
  package init(
    in folder: String, onFailure: @escaping @Sendable (String) -> Void, isWanted: @escaping @Sendable () -> Bool
  ) {
    (self.folder, self.onFailure, self.isWanted) = (folder, onFailure, isWanted)
  }

  /// Adds what was spent, in picodollars, at a moment of that day.
  ///
  /// - Returns: Why it could not be added; `nil` when it stands there.
  func add(_ picodollars: Int?, on day: CivilDate, at milliseconds: Int) -> String? {
    let line: JSONObject = [
      "at": .number(JSONNumber(milliseconds)), "usd": picodollars.map(Picodollars.json) ?? .null,
    ]
    do throws(LineFileError) {
      let format = LineFile.Format(name: "day's costs", head: [], beginning: [UInt8(ascii: "{")])
      let file = try LineFile("\(folder)/\(name(of: day))", format) { _ in }
      if !file.isContinued { removeDays(before: day) }
      return file.write(JSON.object(line).line)
    } catch {
      return error.description
    }
  }

  /// Reads on where it was left.
  func read(_ sum: inout Sum, of day: CivilDate) {
    guard let folder = try? OwnFolder(folder).open(),
      let file = try? OwnFile(FileName(name(of: day).utf8), in: folder, reading: true), let size = file.status?.size
    else {
      sum = Sum()
      return
    }
    // Somebody has taken it away, and it was begun anew.
    if size < sum.bytesRead { sum = Sum() }
    let count = min(Int(size) - sum.bytesRead, ServerLimits.ledgerReadMax)
    guard count > 0, let bytes = try? file.bytes(at: sum.bytesRead, count: count),
      let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
    else { return }
    for line in bytes[..<end].split(separator: UInt8(ascii: "\n")) {
      // What was cut when a disk was full says nothing.
      guard let usd = try? JSON.parse(Array(line))["usd"] else { continue }
      let amount: Int? = if case .number(let number) = usd { Picodollars.parse(number) } else { nil }
      sum.picodollars = Picodollars.sum(sum.picodollars, amount)
    }
    sum.bytesRead += end + 1
  }

  /// Whether the person wants it now.
  var isKept: Bool { isWanted() }

  /// Tells that something is not in it.
  func tell(_ why: String) {
    onFailure("\(why); what this process spends counts for it alone")
  }

  private func name(of day: CivilDate) -> String { "\(Self.beginning)\(day)\(Self.ending)" }

  private static let beginning = "spent-"
  private static let ending = ".jsonl"

  private func removeDays(before day: CivilDate) {
    guard let folder = try? OwnFolder(folder).open(), let entries = try? folder.entries() else { return }
    for entry in entries where entry.kind == .file {
      let name = entry.name.text
      guard name.hasPrefix(Self.beginning), name.hasSuffix(Self.ending),
        name.utf8.count == self.name(of: day).utf8.count,
        name < self.name(of: day)
      else { continue }
      try? folder.remove(entry.name, isFolder: false)
    }
  }
}
