internal import OperatingSystem
internal import Protocol

/// How long, and how many bytes of, sessions are kept that nobody has open.
package struct StoreRules: Sendable, Hashable {
  /// Milliseconds since something was added last; `nil` for ever.
  package var keepMs: Int?
  /// Bytes of all files; the oldest go first.
  package var bytesMax: Int?

  /// Everything is kept.
  package init() {}

  /// What two settings say, each absent for no bound.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` when one makes no sense.
  package init(keep: String?, bytes: String?) throws(Failure) {
    if let keep { keepMs = try Self.keepMs(keep, "sessionsKeep") }
    if let bytes { bytesMax = try Self.bytes(bytes, "sessionsMax") }
  }

  /// Reads how long, as in `30d`: hours, days or weeks.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for what is none.
  package static func keepMs(_ text: String, _ name: String) throws(Failure) -> Int {
    let hour = 3_600_000
    let units = ["h": hour, "d": 24 * hour, "w": 7 * 24 * hour]
    guard let unit = units[String(text.suffix(1))], let count = Int(text.dropLast()), count > 0,
      count <= StoreLimits.keepDaysMax * 24, count * unit <= StoreLimits.keepDaysMax * 24 * hour
    else { throw .invalidParams("\(name) is a number of hours, days or weeks, as in 30d; '\(text)' is none") }
    return count * unit
  }

  /// Reads how many bytes, as in `500MB` or `1GB`.
  ///
  /// - Throws: ``Failure/Reason/invalidParams`` for what is none.
  package static func bytes(_ text: String, _ name: String) throws(Failure) -> Int {
    let units = [("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000)]
    guard let unit = units.first(where: { text.uppercased().hasSuffix($0.0) }), let count = Int(text.dropLast(2)),
      count > 0, !count.multipliedReportingOverflow(by: unit.1).overflow
    else { throw .invalidParams("\(name) is a number of KB, MB, GB or TB, as in 1GB; '\(text)' is none") }
    return count * unit.1
  }

  /// Which of these go, the newest first; those that were added to later than the clock says stay.
  func leaving(_ sizes: [(modifiedMs: Int, size: Int)], now: Int) -> [Int] {
    var total = 0
    return sizes.indices.filter { place in
      let isOld = keepMs.map { now - sizes[place].modifiedMs > $0 } ?? false
      if !isOld { total += sizes[place].size }
      return isOld || bytesMax.map { total > $0 } ?? false
    }
  }
}

extension SessionStore {
  /// Removes what the rules do not keep; sessions that are open stay, wherever that is.
  ///
  /// - Returns: How many files went.
  @discardableResult package func sweep(_ rules: StoreRules, now: Int) -> Int {
    guard rules != StoreRules(), let entries = try? entries() else { return 0 }
    let leaving = rules.leaving(entries.map { ($0.modifiedMs, $0.size) }, now: now)
    return leaving.reversed().count { remove(entries[$0]) }
  }
}
